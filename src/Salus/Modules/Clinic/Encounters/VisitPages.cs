using Microsoft.AspNetCore.Components;
using Salus.Kernel;
using Salus.Kernel.Data;
using Salus.Modules.Clinic.Documents;
using Salus.Modules.Clinic.Orders;
using Salus.Modules.Clinic.Orders.Lists;
using Salus.Modules.Clinic.Orders.Referrals;
using Salus.Modules.Clinic.Pharmacy.Giving;
using Salus.Modules.Clinic.Pharmacy.Prescribing;
using Salus.Modules.Clinic.Wards;
using Salus.Modules.Organisations.Contract;
using Salus.Web;

namespace Salus.Modules.Clinic.Encounters;

/// <summary>What hangs on a visit beside its chart.</summary>
public sealed record VisitExtras(IReadOnlyList<OrderLine> Orders, IReadOnlyList<ReferralLine> Referrals, VisitDocuments Documents, IReadOnlyList<PrescriptionLine> Prescriptions,
    IReadOnlyList<MedicationItem> Medications, IReadOnlyList<AdministrationLine> Administrations, IReadOnlyList<TemplateLine> Templates, IReadOnlyList<(Guid Id, string Name)> Doctors, AdmissionView? Stay);

/// <summary>The page of one visit, whole or in parts.</summary>
public sealed class VisitPages(VisitChart chart, ReadAdmission stay, Database database, ActorSlot slot, OrganisationSlot organisation, TimeProvider clock, PageTools page)
{
    private Actor Actor => slot.Actor;

    public async Task<IResult> Page(Guid id, CancellationToken ct)
    {
        // The chart decides whether the visit may be seen at all, and leaves the row in the log.
        var read = await chart.Run(new() { EncounterId = id }, ct);
        await using var db = database.Open(Actor.OrganisationId);
        var extras = new VisitExtras(await OrderLines.Of(db, id, ct), await ReferralLines.Of(db, id, ct), new(read.IsOpen, await DocumentLine.Of(db, Actor, id, ct)), await PrescriptionLines.Of(db, id, ct),
            await Medications.Of(db, read.Visit.PatientId, organisation.Current.Zone, clock.Today(organisation.Current.Zone), ct), await AdministrationLines.Of(db, id, ct), await TemplatesFor(db, ct), await DoctorsFor(db, ct), await Stay(id, ct));
        return Show.Page<VisitPage>(new { Chart = read, Extras = extras });
    }

    /// <summary>A part that an open page fetches again.</summary>
    public async Task<IResult> Part(Guid id, string part, CancellationToken ct) => part switch
    {
        "safety" => await Part<SafetyPart>(id, ChartPart.Safety, ct),
        "vitals" => await Part<VitalsPart>(id, ChartPart.Vitals, ct),
        "consultation" => await Consultation(id, ct),
        "conditions" => await Part<ConditionsPart>(id, ChartPart.Conditions, ct),
        "problems" => await Part<ProblemsPart>(id, ChartPart.Conditions, ct),
        "notes" => await Part<NotesPart>(id, ChartPart.Notes, ct),
        "closing" => await Part<ClosingPart>(id, ChartPart.Summary, ct),
        _ => throw Refusal.NotFound(),
    };

    /// <summary>After a form: its part for htmx; for a plain browser, back to the page.</summary>
    public async Task<IResult> After(Guid id, string part, CancellationToken ct) =>
        page.Http.Request.IsHtmx() ? await Part(id, part, ct) : Results.LocalRedirect(page.At($"visits/{id}"));

    public async Task<IReadOnlyList<(Guid Id, string Name)>> Doctors(CancellationToken ct)
    {
        await using var db = database.Open(Actor.OrganisationId);
        return await DoctorsFor(db, ct);
    }

    private async Task<IResult> Part<T>(Guid id, ChartPart parts, CancellationToken ct) where T : IComponent => Show.Page<T>(new { Chart = await Again(id, parts, ct) });

    private async Task<IResult> Consultation(Guid id, CancellationToken ct)
    {
        var read = await Again(id, ChartPart.Consultation, ct);
        await using var db = database.Open(Actor.OrganisationId);
        return Show.Page<ConsultationPart>(new { Chart = read, Templates = await TemplatesFor(db, ct) });
    }

    /// <summary>The stay in the ward, for those who see the wards.</summary>
    public async Task<AdmissionView?> Stay(Guid id, CancellationToken ct) => Actor.May(ClinicPermissions.ReadWards) ? await stay.Run(new() { EncounterId = id, IsRefresh = true }, ct) : null;

    private Task<Chart> Again(Guid id, ChartPart parts, CancellationToken ct) => chart.Run(new() { EncounterId = id, Parts = parts, IsRefresh = true }, ct);

    private async Task<IReadOnlyList<TemplateLine>> TemplatesFor(SalusDb db, CancellationToken ct) => Actor.May(ClinicPermissions.WriteConsultations) ? await Templates.Of(db, Actor, ct) : [];

    private async Task<IReadOnlyList<(Guid Id, string Name)>> DoctorsFor(SalusDb db, CancellationToken ct) => Actor.May(ClinicPermissions.OpenEncounters) ? await Encounters.Doctors.Of(db, ct) : [];
}
