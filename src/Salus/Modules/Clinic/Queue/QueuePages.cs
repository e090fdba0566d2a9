using Salus.Kernel;
using Salus.Modules.Clinic.Patients;
using Salus.Web;

namespace Salus.Modules.Clinic.Queue;

/// <summary>The pages of the queue: desk, work list, board, phone, figures, set-up.</summary>
public static class QueuePages
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        var pages = routes.Pages();
        DeskPages.Map(pages);
        MapWorkList(pages);
        MapTickets(pages);
        MapViews(pages);
        SetupPages.Map(pages);
        MapPhone(routes.RootPages());
    }

    private static void MapWorkList(RouteGroupBuilder pages)
    {
        pages.MapGet("/queue", async (WorkList list, CancellationToken ct, string? queue = null, string? room = null) =>
            Show.Page<WorkPage>(new { View = await list.Run(new() { QueueId = Chosen("queue", queue) }, ct), Room = Chosen("room", room) })).Requires(ClinicPermissions.ReadQueue);
        pages.MapGet("/queue/{id:guid}/list", async (Guid id, WorkList list, CancellationToken ct, string? room = null) =>
            Show.Page<WorkListView>(new { View = await list.Run(new() { QueueId = id, IsRefresh = true }, ct), Room = Chosen("room", room) })).Requires(ClinicPermissions.ReadQueue);
        pages.MapPost("/queue/{id:guid}/calls", async (Guid id, Form form, CallNext call, WorkList list, ActorSlot slot, PageTools page, HttpContext http, CancellationToken ct) =>
        {
            slot.Once(form);
            await call.Run(new() { QueueId = id, ServicePointId = form.Id("room") }, ct);
            return await List(id, form, list, page, http, ct);
        }).Requires(ClinicPermissions.ServeQueue);
    }

    private static void MapTickets(RouteGroupBuilder pages)
    {
        pages.MapPost("/tickets/{id:guid}/calls", async (Guid id, Form form, CallTicket call, WorkList list, PageTools page, HttpContext http, CancellationToken ct) =>
        {
            var moved = await call.Run(new() { TicketId = id, ServicePointId = form.Id("room"), Reason = form["reason"], Version = form.Id("version") }, ct);
            return await List(moved.QueueId, form, list, page, http, ct);
        }).Requires(ClinicPermissions.ServeQueue);
        pages.MapPost("/tickets/{id:guid}/steps", async (Guid id, Form form, MoveTicket move, WorkList list, PageTools page, HttpContext http, CancellationToken ct) =>
        {
            var moved = await move.Run(new() { TicketId = id, Step = form.Choice<TicketAction>("step"), Reason = form["reason"], Version = form.Id("version") }, ct);
            return await List(moved.QueueId, form, list, page, http, ct);
        }).Requires(ClinicPermissions.ReadQueue);
        pages.MapPost("/tickets/{id:guid}/transfer", async (Guid id, Form form, TransferTicket transfer, WorkList list, PageTools page, HttpContext http, CancellationToken ct) =>
        {
            await transfer.Run(new() { TicketId = id, QueueId = form.Id("queueId") ?? throw Refusal.Field("queueId", "Choose one of the list."), Reason = form["reason"], Version = form.Id("version") }, ct);
            return await List(form.Id("from") ?? default, form, list, page, http, ct);
        }).Requires(ClinicPermissions.ServeQueue);
        pages.MapPost("/tickets/{id:guid}/urgency", async (Guid id, Form form, SetUrgency set, WorkList list, PageTools page, HttpContext http, CancellationToken ct) =>
        {
            var moved = await set.Run(new() { TicketId = id, Urgency = form.Choice<Urgency>("urgency"), Reason = form["reason"], Version = form.Id("version") }, ct);
            return await List(moved.QueueId, form, list, page, http, ct);
        }).Requires(ClinicPermissions.SetUrgency);
        pages.MapGet("/tickets/{id:guid}", async (Guid id, TicketView read, StaffNames names, CancellationToken ct) =>
        {
            var ticket = await read.Run(new() { TicketId = id }, ct);
            return Show.Page<TicketPageView>(new { Ticket = ticket, Names = await names.Of(ticket.Steps.Select(s => s.By), ct) });
        }).Requires(ClinicPermissions.ReadQueue);
        pages.MapGet("/tickets/{id:guid}/slip", async (Guid id, TicketView read, CancellationToken ct) =>
            Show.Page<SlipPage>(new { Ticket = await read.Run(new() { TicketId = id }, ct) })).Requires(ClinicPermissions.ReadQueue);
    }

    private static void MapViews(RouteGroupBuilder pages)
    {
        pages.MapGet("/board", async (Board board, CancellationToken ct, Guid? queue = null) => Show.Page<BoardPage>(new { View = await board.Run(new() { QueueId = queue }, ct), Queue = queue })).Requires(ClinicPermissions.ReadBoard);
        pages.MapGet("/board/view", async (Board board, CancellationToken ct, Guid? queue = null) => Show.Page<BoardQueues>(new { View = await board.Run(new() { QueueId = queue }, ct) })).Requires(ClinicPermissions.ReadBoard);
        pages.MapGet("/figures", async (Figures figures, CancellationToken ct, string? day = null) => Show.Page<FiguresPage>(new { View = await figures.Run(new() { Day = ChosenDay(day) }, ct) })).Requires(ClinicPermissions.ReadFigures);
    }

    private static void MapPhone(RouteGroupBuilder pages)
    {
        pages.MapGet("/t/{code}", async (string code, PhoneTicket phone, CancellationToken ct) => Show.Page<PhonePage>(new { View = await phone.Run(code, ct), Code = code })).Public();
        pages.MapGet("/t/{code}/view", async (string code, PhoneTicket phone, CancellationToken ct) => Show.Page<PhoneTicketView>(new { View = await phone.Run(code, ct), Code = code })).Public();
    }

    // A form without script sends what was not chosen as an empty field.
    private static Guid? Chosen(string field, string? text) => string.IsNullOrEmpty(text) ? null : Guid.TryParse(text, out var id) ? id : throw Refusal.Field(field, "This value does not fit.");

    private static DateOnly? ChosenDay(string? text) => string.IsNullOrEmpty(text) ? null : DateOnly.TryParseExact(text, "yyyy-MM-dd", out var day) ? day : throw Refusal.Field("day", "This value does not fit.");

    private static async Task<IResult> List(Guid queueId, Form form, WorkList list, PageTools page, HttpContext http, CancellationToken ct) =>
        Show.After<WorkListView>(http, page.At($"queue?queue={queueId}"), new { View = await list.Run(new() { QueueId = queueId, IsRefresh = true }, ct), Room = form.Id("room") });
}
