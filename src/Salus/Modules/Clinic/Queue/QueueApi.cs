using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.Options;
using Salus.Kernel;
using Salus.Web;

namespace Salus.Modules.Clinic.Queue;

/// <summary>The queue over HTTP for programs.</summary>
public static class QueueApi
{
    private const string State = "ticket.state";

    public static void Map(IEndpointRouteBuilder routes)
    {
        var api = routes.Api("Queue");
        MapSetUp(api);
        MapTickets(api);
        MapReads(api);
        routes.ApiRoot("Queue").MapGet("/tickets/{code}", (string code, PhoneTicket phone, CancellationToken ct) => phone.Run(code, ct))
            .Public().Refuses("not-found", "ticket.over").Describe("getOwnTicket", "A token as its holder sees it; the code in the address is the authority");
    }

    private static void MapSetUp(RouteGroupBuilder api)
    {
        api.MapGet("/queues", (QueueSetup setup, CancellationToken ct) => setup.Run(new(), ct))
            .Requires(ClinicPermissions.ReadBoard).Describe("listQueues", "Queues, rooms and closures");
        api.MapPost("/queues", async (string org, SaveQueue.Command command, SaveQueue save, CancellationToken ct) =>
                TypedResults.Created($"/api/v1/orgs/{org}/queues", new Made(await save.Run(command with { Id = null }, ct))))
            .Requires(ClinicPermissions.ManageQueues).Refuses("invalid", "queue.exists").Describe("addQueue", "Define a queue");
        api.MapPut("/queues/{id:guid}", async (Guid id, SaveQueue.Command command, SaveQueue save, HttpContext http, CancellationToken ct) =>
                new Made(await save.Run(command with { Id = id, Version = http.Request.IfMatch() ?? command.Version }, ct)))
            .Requires(ClinicPermissions.ManageQueues).Refuses("invalid", "not-found", "queue.exists", "stale").Describe("changeQueue", "Change or archive a queue");
        api.MapPost("/queues/{id:guid}/closures", async (Guid id, SetClosure.Command command, SetClosure set, CancellationToken ct) => new Made(await set.Run(command with { QueueId = id }, ct)))
            .Requires(ClinicPermissions.ManageQueues).Refuses("invalid", "not-found").Describe("setClosure", "Close a queue on a day, or open it again");
        api.MapPost("/service-points", async (string org, SaveServicePoint.Command command, SaveServicePoint save, CancellationToken ct) =>
                TypedResults.Created($"/api/v1/orgs/{org}/queues", new Made(await save.Run(command with { Id = null }, ct))))
            .Requires(ClinicPermissions.ManageQueues).Refuses("invalid", "service-point.exists").Describe("addServicePoint", "Define a room or desk");
        api.MapPut("/service-points/{id:guid}", async (Guid id, SaveServicePoint.Command command, SaveServicePoint save, CancellationToken ct) => new Made(await save.Run(command with { Id = id }, ct)))
            .Requires(ClinicPermissions.ManageQueues).Refuses("invalid", "not-found", "service-point.exists").Describe("changeServicePoint", "Rename or archive a room or desk");
        api.MapPost("/queues/{id:guid}/notices", async (string org, Guid id, PostNotice.Command command, PostNotice post, CancellationToken ct) =>
                TypedResults.Created($"/api/v1/orgs/{org}/board", new Made(await post.Run(command with { QueueId = id }, ct))))
            .Requires(ClinicPermissions.PostNotices).Refuses("invalid", "not-found").Describe("postNotice", "Tell all who wait something; a delay is added to the waiting times");
        api.MapPost("/notices/{id:guid}/end", async (Guid id, EndNotice end, CancellationToken ct) => new Made(await end.Run(new() { NoticeId = id }, ct)))
            .Requires(ClinicPermissions.PostNotices).Refuses("not-found").Describe("endNotice", "Take a notice back");
    }

    private static void MapTickets(RouteGroupBuilder api)
    {
        api.MapPost("/tickets", async (string org, IssueToken.Command command, IssueToken issue, CancellationToken ct) =>
            {
                var made = await issue.Run(command, ct);
                return TypedResults.Created($"/api/v1/orgs/{org}/tickets/{made.Id}", made);
            })
            .Requires(ClinicPermissions.IssueTokens).Repeatable().Refuses("invalid", "not-found", "queue.closed", "insurance.not-valid", "idempotency.mismatch").Describe("issueToken", "Give a patient the next token of a queue");
        api.MapPost("/queues/{id:guid}/calls", async (Guid id, CallNext.Command command, CallNext call, HttpContext http, CancellationToken ct) => Tagged(http, await call.Run(command with { QueueId = id }, ct)))
            .Requires(ClinicPermissions.ServeQueue).Repeatable().Refuses("queue.empty", "not-found", "invalid").Describe("callNext", "Call the next patient by the published order: urgent class, then token");
        api.MapPost("/tickets/{id:guid}/calls", async (Guid id, CallTicket.Command command, CallTicket call, HttpContext http, CancellationToken ct) =>
                Tagged(http, await call.Run(command with { TicketId = id, Version = http.Request.IfMatch() ?? command.Version }, ct)))
            .Requires(ClinicPermissions.ServeQueue).Refuses(State, "queue.overtaking", "not-found", "stale", "invalid").Describe("callTicket", "Call a certain patient; overtaking others needs a reason");
        api.MapPost("/tickets/{id:guid}/steps", async (Guid id, MoveTicket.Command command, MoveTicket move, HttpContext http, CancellationToken ct) =>
                Tagged(http, await move.Run(command with { TicketId = id, Version = http.Request.IfMatch() ?? command.Version }, ct)))
            .Requires(ClinicPermissions.ReadQueue).Refuses(State, "forbidden", "not-found", "stale", "invalid")
            .Describe("moveTicket", "One step of a ticket: recall, bring-in, finish, send-back, no-show (doctor); return, cancel (doctor or desk)");
        api.MapPost("/tickets/{id:guid}/transfer", async (Guid id, TransferTicket.Command command, TransferTicket transfer, HttpContext http, CancellationToken ct) =>
                Tagged(http, await transfer.Run(command with { TicketId = id, Version = http.Request.IfMatch() ?? command.Version }, ct)))
            .Requires(ClinicPermissions.ServeQueue).Repeatable().Refuses(State, "queue.closed", "not-found", "stale", "invalid").Describe("transferTicket", "Transfer to another queue, with a new token there");
        api.MapPut("/tickets/{id:guid}/urgency", async (Guid id, SetUrgency.Command command, SetUrgency set, HttpContext http, CancellationToken ct) =>
                Tagged(http, await set.Run(command with { TicketId = id, Version = http.Request.IfMatch() ?? command.Version }, ct)))
            .Requires(ClinicPermissions.SetUrgency).Refuses(State, "not-found", "stale", "invalid").Describe("setUrgency", "Set the urgent class of one who waits, with a reason");
    }

    private static void MapReads(RouteGroupBuilder api)
    {
        api.MapGet("/tickets", (TicketList list, CancellationToken ct, Guid? queue = null, DateOnly? date = null, string? status = null, Guid? after = null, int limit = 25) =>
                list.Run(new() { QueueId = queue, Day = date, States = States(status), After = after, Limit = limit }, ct))
            .Requires(ClinicPermissions.ReadQueue).Refuses("invalid").Describe("listTickets", "Tickets by queue, date and status (several separated by commas)");
        api.MapGet("/tickets/{id:guid}", async (Guid id, TicketView read, HttpContext http, CancellationToken ct) =>
            {
                var ticket = await read.Run(new() { TicketId = id }, ct);
                http.ETag(ticket.Version);
                return ticket;
            })
            .Requires(ClinicPermissions.ReadQueue).Refuses("not-found").Describe("getTicket", "A ticket with its history");
        api.MapGet("/queues/{id:guid}/work-list", (Guid id, WorkList list, CancellationToken ct) => list.Run(new() { QueueId = id }, ct))
            .Requires(ClinicPermissions.ReadQueue).Refuses("not-found").Describe("getWorkList", "Who is with whom, who waits, who did not come");
        api.MapGet("/board", async (Board board, HttpContext http, IOptions<JsonOptions> json, CancellationToken ct, Guid? queue = null) =>
                NotModified(http, await board.Run(new() { QueueId = queue }, ct), json.Value.SerializerOptions))
            .Requires(ClinicPermissions.ReadBoard).Refuses("not-found").Produces<BoardView>().Describe("getBoard", "The waiting-room board; 304 when nothing changed");
        api.MapGet("/figures", (Figures figures, CancellationToken ct, DateOnly? date = null) => figures.Run(new() { Day = date }, ct))
            .Requires(ClinicPermissions.ReadFigures).Describe("getFigures", "A day's figures by queue and hour");
    }

    private static TicketOutcome Tagged(HttpContext http, TicketOutcome outcome)
    {
        http.ETag(outcome.Version);
        return outcome;
    }

    private static IReadOnlyList<TicketState> States(string? text) => string.IsNullOrEmpty(text) ? [] :
        [.. text.Split(',').Select(s => Enum.TryParse<TicketState>(s.Trim().Replace("-", "", StringComparison.Ordinal), ignoreCase: true, out var state) && Enum.IsDefined(state) && !char.IsDigit(s.Trim()[0])
            ? state : throw Refusal.Field("status", "This is not a state of a ticket."))];

    private static IResult NotModified(HttpContext http, BoardView board, JsonSerializerOptions json)
    {
        var (bytes, tag) = Written.GetValue(board, view => Write(view, json));
        http.Response.Headers.ETag = tag;
        return http.Request.Headers.IfNoneMatch == tag ? Results.StatusCode(304) : Results.Bytes(bytes, "application/json");
    }

    // Many screens are given the same board; it is written and hashed once.
    private static readonly ConditionalWeakTable<BoardView, Tuple<byte[], string>> Written = [];

    private static Tuple<byte[], string> Write(BoardView board, JsonSerializerOptions json)
    {
        var bytes = JsonSerializer.SerializeToUtf8Bytes(board, json);
        return new(bytes, $"\"{Convert.ToHexStringLower(SHA256.HashData(bytes))[..16]}\"");
    }
}

/// <summary>The id of what was made or changed.</summary>
public sealed record Made(Guid Id);
