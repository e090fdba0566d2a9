using Salus.Kernel;
using Salus.Kernel.Data;
using Salus.Modules.Clinic.Fhir.Model;
using Salus.Modules.Clinic.Fhir.Search;
using Salus.Modules.Clinic.Patients;
using Salus.Modules.Organisations.Contract;

namespace Salus.Modules.Clinic.Fhir;

/// <summary>What the three ways of reading share: the right of the type, a clinic that keeps its record here, and what goes into the log.</summary>
internal static class FhirGate
{
    /// <exception cref="Refusal">403 without the right to a type, 404 where no record is kept.</exception>
    public static Task Check(Actor actor, OrganisationSlot organisation, params IEnumerable<string> permissions)
    {
        if (!permissions.All(actor.May)) throw Refusal.Forbidden();
        return organisation.Current.KeepsRecord ? Task.CompletedTask : throw Refusal.NotFound();
    }

    /// <summary>As other readings of the same rows are logged: by patient; of the log itself, that it was read; of who works here, nothing.</summary>
    public static (string, IReadOnlyCollection<Guid>)? Shown(ResourceType type, IReadOnlyCollection<Guid> patients) =>
        type.Permission == Kernel.Audit.AuditLog.ReadPermission ? ("audit", []) : patients.Count > 0 ? ("patient", patients) : null;
}

/// <summary>Reads one resource.</summary>
public sealed class ReadResource(Tools tools, OrganisationSlot organisation) : ReadModel<ReadResource.Query, ReadResource.Found>(tools)
{
    public const string Action = "fhir.read";

    public sealed record Query(string Type, string Id, string Base, string Files);

    /// <summary>Opaque to all but the door, which writes it.</summary>
    public sealed class Found
    {
        internal Resource Resource { get; init; } = null!;
        internal Guid? PatientId { get; init; }
    }

    protected override string Name => Action;
    protected override Task Authorize(Query query, CancellationToken ct) => FhirGate.Check(Actor, organisation, ResourceTypes.Of(query.Type).Permission);
    protected override (string, IReadOnlyCollection<Guid>)? Shown(Query query, Found result) => FhirGate.Shown(ResourceTypes.Of(query.Type), result.PatientId is { } patient ? [patient] : []);

    protected override async Task<Found> Handle(SalusDb db, Query query, CancellationToken ct)
    {
        var type = ResourceTypes.Of(query.Type);
        var scope = new Scope(db, Actor, Clock.Now(), organisation.Current, query.Base, query.Files);
        IReadOnlyList<Term> terms = [new("_id", [query.Id])];
        var page = await Page.Of(scope, [.. type.Sources.Select(s => (type.Name, s, terms))], null, 1, ct);
        if (page.Pieces is [(_, var piece)]) return new() { Resource = piece.Write(await page.NamesOf(scope, ct)), PatientId = piece.PatientId };
        foreach (var source in type.Sources)
            if (await source.Count(scope with { SeesHidden = true }, terms, ct) > 0) throw Restricted.Hidden(Actor);
        throw Refusal.NotFound();
    }
}
