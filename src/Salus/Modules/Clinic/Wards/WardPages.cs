using Salus.Kernel;
using Salus.Modules.Clinic.Encounters;
using Salus.Web;

namespace Salus.Modules.Clinic.Wards;

/// <summary>The board of the wards, the stay of a visit, and where wards and beds are defined.</summary>
public static class WardPages
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        var pages = routes.Pages();
        MapBoard(pages);
        MapStay(pages);
        MapSetup(pages);
    }

    private static void MapBoard(RouteGroupBuilder pages)
    {
        pages.MapGet("/wards", async (WardBoard board, HttpContext http, CancellationToken ct) =>
        {
            var query = new WardBoard.Query { IsRefresh = http.Request.IsHtmx() };
            var view = await board.Run(query, ct);
            return query.IsRefresh ? Show.Page<WardTiles>(new { View = view }) : Show.Page<WardBoardPage>(new { View = view });
        }).Requires(ClinicPermissions.ReadWards);
        pages.MapPost("/beds/{id:guid}/state", async (Guid id, Form form, MoveBed move, WardBoard board, PageTools page, CancellationToken ct) =>
        {
            await move.Run(new() { BedId = id, Step = form.Choice<BedAction>("step"), Reason = form["reason"], Version = form.Id("version") }, ct);
            // Who cleans and may not see the board has no page to be shown.
            return page.Http.Request.IsHtmx() ? Show.Page<WardTiles>(new { View = await board.Run(new() { IsRefresh = true }, ct) }) : Results.LocalRedirect(page.At("wards"));
        }).Requires(ClinicPermissions.CleanBeds);
        pages.MapGet("/wards/admission", async (AdmissibleVisits visits, HttpContext http, CancellationToken ct, Guid? bed = null, string? q = null) =>
        {
            var found = await visits.Run(new() { Q = q ?? "" }, ct);
            return http.Request.IsHtmx() ? Show.Page<AdmissibleRows>(new { Found = found, Bed = bed }) : Show.Page<AdmissiblePage>(new { Found = found, Bed = bed, Q = q ?? "" });
        }).Requires(ClinicPermissions.AdmitPatients);
    }

    private static void MapStay(RouteGroupBuilder pages)
    {
        pages.MapGet("/visits/{id:guid}/ward", async (Guid id, ReadAdmission read, HttpContext http, CancellationToken ct, Guid? bed = null, bool alone = false) =>
            http.Request.IsHtmx() ? await Part(id, read, ct, alone) : Show.Page<WardPage>(new { View = await read.Run(new() { EncounterId = id }, ct), Bed = bed })).Requires(ClinicPermissions.ReadWards);
        pages.MapPost("/visits/{id:guid}/admission", async (Guid id, Form form, AdmitPatient admit, ReadAdmission read, ActorSlot slot, PageTools page, CancellationToken ct) =>
        {
            slot.Once(form);
            await admit.Run(new()
            {
                EncounterId = id, BedId = form.Id("bedId"), Kind = form.Choice<AdmissionKind>("kind"), Reason = form["reason"], DiagnosisCode = form["diagnosisCode"].Trim(), Diagnosis = form["diagnosis"], ExpectedDays = form.Number("expectedDays"),
            }, ct);
            return await After(id, read, page, ct);
        }).Requires(ClinicPermissions.AdmitPatients);
        pages.MapPost("/visits/{id:guid}/admission/transfer", async (Guid id, Form form, TransferPatient transfer, ReadAdmission read, ActorSlot slot, PageTools page, CancellationToken ct) =>
        {
            slot.Once(form);
            await transfer.Run(new() { EncounterId = id, BedId = form.Id("bedId"), Reason = form["reason"], Version = form.Id("version") }, ct);
            return await After(id, read, page, ct);
        }).Requires(ClinicPermissions.AdmitPatients);
        pages.MapPost("/visits/{id:guid}/admission/discharge", async (Guid id, Form form, DischargePatient discharge, ReadAdmission read, PageTools page, CancellationToken ct) =>
        {
            await discharge.Run(new() { EncounterId = id, Disposition = form.Chosen<Disposition>("disposition"), Note = form["note"], Version = form.Id("version") }, ct);
            return await After(id, read, page, ct);
        }).Requires(ClinicPermissions.DischargePatients);
    }

    /// <summary>Back to the visit; who may not read its record has a page with the stay alone.</summary>
    private static async Task<IResult> After(Guid id, ReadAdmission read, PageTools page, CancellationToken ct) =>
        page.Http.Request.IsHtmx() ? await Part(id, read, ct) : Results.LocalRedirect(page.At(page.Actor.May(ClinicPermissions.ReadEncounters) && page.Actor.May(ClinicPermissions.ReadRecord) ? $"visits/{id}" : $"visits/{id}/ward"));

    private static async Task<IResult> Part(Guid id, ReadAdmission read, CancellationToken ct, bool isAlone = false) => Show.Page<WardPart>(new { View = await read.Run(new() { EncounterId = id, IsRefresh = true }, ct), IsAlone = isAlone });

    private static void MapSetup(RouteGroupBuilder pages)
    {
        pages.MapGet("/manage/wards", async (WardBoard board, CancellationToken ct, bool saved = false) =>
            Show.Page<WardSetupPage>(new { View = await board.Run(new() { WithArchived = true }, ct), Saved = saved })).Requires(ClinicPermissions.ManageWards);
        pages.MapPost("/manage/wards", async (Form form, SaveWard save, PageTools page, HttpContext http, CancellationToken ct) =>
        {
            await save.Run(new() { Id = form.Id("id"), Name = form["name"], Kind = form.Choice<WardKind>("kind"), Archived = form.Flag("archived"), Version = form.Id("version") }, ct);
            return Door.GoTo(http, page.At("manage/wards?saved=true"));
        }).Requires(ClinicPermissions.ManageWards);
        pages.MapPost("/manage/wards/{id:guid}/beds", async (Guid id, Form form, AddBeds add, ActorSlot slot, PageTools page, HttpContext http, CancellationToken ct) =>
        {
            slot.Once(form);
            await add.Run(new() { WardId = id, Labels = form["labels"] }, ct);
            return Door.GoTo(http, page.At("manage/wards?saved=true"));
        }).Requires(ClinicPermissions.ManageWards);
        pages.MapPost("/manage/beds/{id:guid}", async (Guid id, Form form, SaveBed save, PageTools page, HttpContext http, CancellationToken ct) =>
        {
            await save.Run(new() { BedId = id, Label = form["label"], Archived = form.Flag("archived"), Version = form.Id("version") }, ct);
            return Door.GoTo(http, page.At("manage/wards?saved=true"));
        }).Requires(ClinicPermissions.ManageWards);
        pages.MapGet("/beds/{id:guid}/history", async (Guid id, BedHistory history, CancellationToken ct) => Show.Page<BedHistoryPage>(new { Found = await history.Run(new() { BedId = id }, ct) })).Requires(ClinicPermissions.ReadWards);
    }
}
