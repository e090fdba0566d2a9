using Salus.Kernel;
using Salus.Modules.Clinic.Encounters;
using Salus.Web;

namespace Salus.Modules.Clinic.Orders;

/// <summary>The lists of work and the orders of a visit.</summary>
public static class OrderPages
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        var pages = routes.Pages();
        MapLists(pages);
        MapVisit(pages);
        MapSteps(pages);
        MapResults(pages);
    }

    private static void MapLists(RouteGroupBuilder pages)
    {
        foreach (var place in Enum.GetValues<WorkPlace>())
        {
            pages.MapGet("/" + PathOf(place), async (OrderList list, HttpContext http, CancellationToken ct, bool done = false, string? after = null) =>
            {
                var query = new OrderList.Query { Place = place, Done = done, After = Guid.TryParse(after, out var id) ? id : null, IsRefresh = http.Request.IsHtmx() };
                var found = await list.Run(query, ct);
                return query.IsRefresh ? Show.Page<OrderListView>(new { Found = found }) : Show.Page<OrderListPage>(new { Found = found, query.After });
            }).Requires(OrderList.Permission(place));
        }
    }

    /// <summary>Where a list of work stands.</summary>
    public static string PathOf(WorkPlace place) => place switch { WorkPlace.Lab => "lab", WorkPlace.Imaging => "imaging", _ => "tasks" };

    private static void MapVisit(RouteGroupBuilder pages)
    {
        pages.MapGet("/visits/{id:guid}/orders", (Guid id, ReadOrders read, Locks locks, CancellationToken ct) => Part(id, read, locks, ct)).Requires(ClinicPermissions.ReadRecord);
        pages.MapPost("/visits/{id:guid}/orders", async (Guid id, Form form, PlaceOrders place, OrderAnswer answer, ActorSlot slot, CancellationToken ct) =>
        {
            slot.Once(form);
            var items = form.All("entry").Select(t => new PlaceOrders.Item { CatalogueId = Guid.TryParse(t, out var entry) ? entry : throw Refusal.Field("items", "Choose one of the list.") })
                .Concat(form["words"].Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(w => new PlaceOrders.Item { Name = w }));
            await place.Run(new() { EncounterId = id, Kind = form.Choice<OrderKind>("kind"), Priority = form.Choice<OrderPriority>("priority"), Indication = form["indication"], Instructions = form["instructions"], Items = [.. items] }, ct);
            return await answer.Of(form, id, ct);
        }).Requires(ClinicPermissions.PlaceOrders);
        pages.MapPost("/orders/{id:guid}/cancellation", async (Guid id, Form form, CancelOrder cancel, OrderAnswer answer, CancellationToken ct) =>
            await answer.Of(form, (await cancel.Run(new() { OrderId = id, Reason = form["reason"], Version = form.Id("version") }, ct)).EncounterId, ct)).Requires(ClinicPermissions.PlaceOrders);
    }

    private static void MapSteps(RouteGroupBuilder pages)
    {
        pages.MapPost("/orders/{id:guid}/samples", async (Guid id, Form form, CollectSample collect, OrderAnswer answer, ActorSlot slot, CancellationToken ct) =>
        {
            slot.Once(form);
            var done = await collect.Run(new() { OrderId = id, Outcome = form.Chosen<SampleOutcome>("outcome"), Specimen = form["specimen"], Reason = form["reason"], Version = form.Id("version") }, ct);
            return await answer.Of(form, done.EncounterId, ct);
        }).Requires(ClinicPermissions.CollectSamples);
        pages.MapPost("/orders/{id:guid}/study", async (Guid id, Form form, StartStudy start, OrderAnswer answer, CancellationToken ct) =>
            await answer.Of(form, (await start.Run(new() { OrderId = id, Version = form.Id("version") }, ct)).EncounterId, ct)).Requires(ClinicPermissions.WriteImagingReports);
        pages.MapPost("/orders/{id:guid}/procedure", async (Guid id, Form form, StartProcedure start, OrderAnswer answer, CancellationToken ct) =>
            await answer.Of(form, (await start.Run(new() { OrderId = id, Version = form.Id("version") }, ct)).EncounterId, ct)).Requires(ClinicPermissions.DoProcedures);
    }

    private static void MapResults(RouteGroupBuilder pages)
    {
        pages.MapPost("/orders/{id:guid}/result", async (Guid id, Form form, PostResult post, OrderAnswer answer, ActorSlot slot, CancellationToken ct) =>
        {
            slot.Once(form);
            var made = await post.Run(new()
            {
                OrderId = id, Value = form.Amount("value"), Unit = form["unit"], Low = form.Amount("low"), High = form.Amount("high"), Text = form["text"], Flag = Flag(form), Version = form.Id("version"),
            }, ct);
            return await answer.Of(form, made.EncounterId, ct);
        }).Requires(ClinicPermissions.WriteLabResults);
        pages.MapPost("/orders/{id:guid}/report", async (Guid id, Form form, PostReport post, OrderAnswer answer, ActorSlot slot, CancellationToken ct) =>
        {
            slot.Once(form);
            return await answer.Of(form, (await post.Run(new() { OrderId = id, Text = form["text"], Flag = Flag(form), Version = form.Id("version") }, ct)).EncounterId, ct);
        }).Requires(ClinicPermissions.WriteImagingReports);
        pages.MapPost("/orders/{id:guid}/procedure/completion", async (Guid id, Form form, FinishProcedure finish, OrderAnswer answer, ActorSlot slot, CancellationToken ct) =>
        {
            slot.Once(form);
            return await answer.Of(form, (await finish.Run(new() { OrderId = id, Text = form["text"], Version = form.Id("version") }, ct)).EncounterId, ct);
        }).Requires(ClinicPermissions.DoProcedures);
        pages.MapPost("/results/{id:guid}/addenda", async (Guid id, Form form, AmendResult amend, OrderAnswer answer, ActorSlot slot, CancellationToken ct) =>
        {
            slot.Once(form);
            return await answer.Of(form, (await amend.Run(new() { ResultId = id, Text = form["text"] }, ct)).EncounterId, ct);
        }).Requires(ClinicPermissions.WriteAddenda);
    }

    private static ResultFlag? Flag(Form form) => form["flag"].Length == 0 ? null : form.Choice<ResultFlag>("flag");

    internal static async Task<IResult> Part(Guid id, ReadOrders read, Locks locks, CancellationToken ct) => Show.Page<OrdersPart>(new
    {
        Orders = (await read.Run(new() { EncounterId = id, IsRefresh = true }, ct)).Items, EncounterId = id, Locks = await locks.Run(new() { EncounterId = id }, ct),
    });
}

/// <summary>After a step: the fragment of the place where it was done, or the way back there. The form's field "from" says which place it was.</summary>
public sealed class OrderAnswer(PageTools page, ReadOrders read, Locks locks, OrderList list)
{
    public async Task<IResult> Of(Form form, Guid encounterId, CancellationToken ct)
    {
        var place = Enum.TryParse<WorkPlace>(form["from"], out var known) && Enum.IsDefined(known) ? known : (WorkPlace?)null;
        if (!page.Http.Request.IsHtmx()) return Results.LocalRedirect(page.At(place is { } at ? OrderPages.PathOf(at) : $"visits/{encounterId}"));
        if (place is not { } here) return await OrderPages.Part(encounterId, read, locks, ct);
        return Show.Page<OrderListView>(new { Found = await list.Run(new() { Place = here, Done = form.Flag("done"), IsRefresh = true }, ct) });
    }
}
