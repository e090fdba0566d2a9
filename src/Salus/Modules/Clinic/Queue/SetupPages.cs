using Salus.Kernel;
using Salus.Web;

namespace Salus.Modules.Clinic.Queue;

/// <summary>How a manager sets the queues up.</summary>
public static class SetupPages
{
    public static void Map(RouteGroupBuilder pages)
    {
        pages.MapGet("/manage/queues", async (QueueSetup setup, CancellationToken ct) => Show.Page<SetupPageView>(new { View = await setup.Run(new(), ct) })).Requires(ClinicPermissions.ManageQueues);
        pages.MapPost("/manage/queues", async (Form form, SaveQueue save, PageTools page, HttpContext http, CancellationToken ct) =>
        {
            await save.Run(new()
            {
                Id = form.Id("id"), Name = form["name"], Prefix = form["prefix"], Archived = form.Flag("archived"), Version = form.Id("version"),
                OpenDays = [.. form.All("openDays").Select(d => int.TryParse(d, out var day) ? day : -1)],
            }, ct);
            return Door.GoTo(http, page.At("manage/queues"));
        }).Requires(ClinicPermissions.ManageQueues);
        pages.MapPost("/manage/service-points", async (Form form, SaveServicePoint save, PageTools page, HttpContext http, CancellationToken ct) =>
        {
            await save.Run(new() { Id = form.Id("id"), Name = form["name"], Archived = form.Flag("archived") }, ct);
            return Door.GoTo(http, page.At("manage/queues"));
        }).Requires(ClinicPermissions.ManageQueues);
        pages.MapPost("/manage/queues/{id:guid}/closures", async (Guid id, Form form, SetClosure set, PageTools page, HttpContext http, CancellationToken ct) =>
        {
            await set.Run(new() { QueueId = id, Day = form.Date("day") ?? throw Refusal.Field("day", "Please fill this in."), Open = form.Flag("open"), Reason = form["reason"] }, ct);
            return Door.GoTo(http, page.At("manage/queues"));
        }).Requires(ClinicPermissions.ManageQueues);
        pages.MapGet("/notices", async (QueueSetup setup, CancellationToken ct) => Show.Page<NoticesPage>(new { View = await setup.Run(new(), ct) })).Requires(ClinicPermissions.PostNotices);
        pages.MapPost("/notices", async (Form form, PostNotice post, PageTools page, HttpContext http, CancellationToken ct) =>
        {
            await post.Run(new() { QueueId = form.Id("queueId") ?? default, Text = form["text"], DelayMinutes = form.Number("delayMinutes") ?? 0, Minutes = form.Number("minutes") ?? 120 }, ct);
            return Door.GoTo(http, page.At("notices"));
        }).Requires(ClinicPermissions.PostNotices);
        pages.MapPost("/notices/{id:guid}/end", async (Guid id, Form form, EndNotice end, PageTools page, HttpContext http, CancellationToken ct) =>
        {
            await end.Run(new() { NoticeId = id }, ct);
            return Door.GoTo(http, page.At("notices"));
        }).Requires(ClinicPermissions.PostNotices);
    }
}
