using Salus.Web;

namespace Salus.Modules.Clinic.Orders;

/// <summary>Orders and their results over HTTP for programs.</summary>
public static class OrderApi
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        var api = routes.Api("Orders");
        MapOrders(api);
        MapResults(api);
        foreach (var (path, place, id, summary) in ((string, WorkPlace, string, string)[])
        [
            ("/laboratory/work-list", WorkPlace.Lab, "listLabWork", "The laboratory's work by visit, urgent first; with done=true what has a result, newest first"),
            ("/imaging/work-list", WorkPlace.Imaging, "listImagingWork", "The studies to do by visit, urgent first; with done=true what is reported, newest first"),
            ("/nursing/tasks", WorkPlace.Nursing, "listNursingTasks", "Samples to take and procedures to do by visit, urgent first; with done=true the procedures that were done"),
        ])
        {
            api.MapGet(path, (OrderList list, CancellationToken ct, bool done = false, Guid? after = null, int limit = 50) => list.Run(new() { Place = place, Done = done, After = after, Limit = limit }, ct))
                .Requires(OrderList.Permission(place)).Refuses("invalid").Describe(id, summary);
        }
    }

    private static void MapOrders(RouteGroupBuilder api)
    {
        api.MapGet("/encounters/{id:guid}/orders", (Guid id, ReadOrders read, CancellationToken ct) => read.Run(new() { EncounterId = id }, ct))
            .Requires(ClinicPermissions.ReadRecord).Refuses("not-found", "patient.restricted").Describe("listOrders", "The orders of a visit with samples, results and addenda");
        api.MapPost("/encounters/{id:guid}/orders", async (string org, Guid id, PlaceOrders.Command command, PlaceOrders place, CancellationToken ct) =>
                TypedResults.Created($"/api/v1/orgs/{org}/encounters/{id}/orders", await place.Run(command with { EncounterId = id }, ct)))
            .Requires(ClinicPermissions.PlaceOrders).Repeatable().Refuses("invalid", "not-found", "encounter.closed", "consultation.closed", "consultation.other-doctor", "order.duplicate")
            .Describe("placeOrders", "Order tests, studies or procedures: one requisition of one kind with several items");
        api.MapPost("/orders/{id:guid}/cancellation", (Guid id, CancelOrder.Command command, CancelOrder cancel, CancellationToken ct) => cancel.Run(command with { OrderId = id }, ct))
            .Requires(ClinicPermissions.PlaceOrders).Refuses("invalid", "not-found", "stale", "encounter.closed", "order.state").Describe("cancelOrder", "Take back an order that has no result yet");
        api.MapPost("/orders/{id:guid}/samples", (Guid id, CollectSample.Command command, CollectSample collect, CancellationToken ct) => collect.Run(command with { OrderId = id }, ct))
            .Requires(ClinicPermissions.CollectSamples).Repeatable().Refuses("invalid", "not-found", "stale", "encounter.closed", "order.state", "order.kind").Describe("collectSample", "Note that a sample was taken, or why not");
        api.MapPost("/orders/{id:guid}/study", (Guid id, StartStudy.Command command, StartStudy start, CancellationToken ct) => start.Run(command with { OrderId = id }, ct))
            .Requires(ClinicPermissions.WriteImagingReports).Refuses("not-found", "stale", "encounter.closed", "order.state", "order.kind").Describe("startStudy", "Begin an imaging study");
        api.MapPost("/orders/{id:guid}/procedure", (Guid id, StartProcedure.Command command, StartProcedure start, CancellationToken ct) => start.Run(command with { OrderId = id }, ct))
            .Requires(ClinicPermissions.DoProcedures).Refuses("not-found", "stale", "encounter.closed", "consultation.not-active", "order.state", "order.kind").Describe("startProcedure", "Begin an ordered procedure");
    }

    private static void MapResults(RouteGroupBuilder api)
    {
        static IResult Made(string org, ResultOutcome made) => TypedResults.Created($"/api/v1/orgs/{org}/encounters/{made.EncounterId}/orders", made);
        api.MapPost("/orders/{id:guid}/result", async (string org, Guid id, PostResult.Command command, PostResult post, CancellationToken ct) => Made(org, await post.Run(command with { OrderId = id }, ct)))
            .Requires(ClinicPermissions.WriteLabResults).Repeatable().Refuses("invalid", "not-found", "stale", "encounter.closed", "order.state", "order.kind").Describe("postResult", "Enter the result of a laboratory test, once");
        api.MapPost("/orders/{id:guid}/report", async (string org, Guid id, PostReport.Command command, PostReport post, CancellationToken ct) => Made(org, await post.Run(command with { OrderId = id }, ct)))
            .Requires(ClinicPermissions.WriteImagingReports).Repeatable().Refuses("invalid", "not-found", "stale", "encounter.closed", "order.state", "order.kind").Describe("postReport", "Report an imaging study, once");
        api.MapPost("/orders/{id:guid}/procedure/completion", async (string org, Guid id, FinishProcedure.Command command, FinishProcedure finish, CancellationToken ct) => Made(org, await finish.Run(command with { OrderId = id }, ct)))
            .Requires(ClinicPermissions.DoProcedures).Repeatable().Refuses("invalid", "not-found", "stale", "encounter.closed", "consultation.not-active", "order.state", "order.kind").Describe("finishProcedure", "Note that a procedure was carried out");
        api.MapPost("/results/{id:guid}/addenda", async (string org, Guid id, AmendResult.Command command, AmendResult amend, CancellationToken ct) =>
            {
                var made = await amend.Run(command with { ResultId = id }, ct);
                return TypedResults.Created($"/api/v1/orgs/{org}/encounters/{made.EncounterId}/orders", made);
            })
            .Requires(ClinicPermissions.WriteAddenda).Repeatable().Refuses("invalid", "not-found").Describe("amendResult", "Add to a result what must be corrected or said later");
    }
}
