using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Kernel.Data;
using Salus.Modules.Clinic.Encounters;
using Salus.Modules.Clinic.Wards;

namespace Salus.Modules.Clinic.Patients.Merging;

/// <summary>What is to be known before two patients are merged, or what is in the way.</summary>
/// <param name="Status">409: it is in the way; 200: it will be dealt with as the sentence says.</param>
/// <param name="Sentence">A resource key; <c>{0}</c> places take <paramref name="Args"/>.</param>
public sealed record MergeRemark(int Status, string Code, string Sentence, params object[] Args)
{
    /// <summary>What would take it out of the way.</summary>
    public string? Unlock { get; init; }
    public bool IsInTheWay => Status != 200;

    public Refusal ToRefusal() => new(Status, Code, Sentence, Args) { Unlock = Unlock };

    /// <summary>What holds for these two, what is in the way first.</summary>
    public static async Task<IReadOnlyList<MergeRemark>> Of(SalusDb db, Patient kept, Patient other, CancellationToken ct)
    {
        if (kept.Id == other.Id) return [new(409, "merge.same", "This is the same patient twice.")];
        var remarks = new List<MergeRemark>();
        if (kept.MergedIntoId is not null || other.MergedIntoId is not null) remarks.Add(new(409, "merge.merged", "One of the two was merged into another patient already.") { Unlock = "Take the one it was merged into." });
        else if (kept.ArchivedAt is not null) remarks.Add(new(409, "merge.archived", "The patient who is to stay is archived.") { Unlock = "Let the other one stay." });
        var (visits, open) = (db.Encounters.AsNoTracking(), EncounterState.Open);
        if (await visits.AnyAsync(v => v.PatientId == other.Id && v.State == open && visits.Any(k => k.PatientId == kept.Id && k.State == open && k.Type == v.Type && k.Day == v.Day), ct))
            remarks.Add(new(409, "merge.open-visits", "Both have an open visit of the same kind on the same day.") { Unlock = "Close one of the two visits first." });
        if (await db.Admissions.CountAsync(a => (a.PatientId == kept.Id || a.PatientId == other.Id) && a.State == AdmissionState.Admitted, ct) > 1)
            remarks.Add(new(409, "merge.both-admitted", "Both lie in a bed of a ward.") { Unlock = "Discharge one of the two first." });
        if (kept.NationalKey.Length > 0 && other.NationalKey.Length > 0 && kept.NationalKey != other.NationalKey) remarks.Add(new(200, "merge.national-ids", "Their national ids differ: are they really one person?"));
        if (kept is { BirthDate: { } born, BirthDateIsEstimated: false } && other is { BirthDate: { } day, BirthDateIsEstimated: false } && born != day) remarks.Add(new(200, "merge.birth-dates", "Their birth dates differ: are they really one person?"));
        var ended = (await ToEnd(db, kept.Id, other.Id, ct)).Count;
        if (ended > 0) remarks.Add(new(200, "merge.allergies", "{0} statements about allergies are there twice or contradict each other: of each two the one that says more stays active.", ended));
        if (kept.RestrictedAt is not null && other.RestrictedAt is not null) remarks.Add(new(200, "merge.both-restricted", "Both records are restricted: the care teams of both read what they become together."));
        else if (kept.RestrictedAt is not null || other.RestrictedAt is not null) remarks.Add(new(200, "merge.one-restricted", "One of the records is restricted: so is what they become together."));
        if (other is { ArchivedAt: not null, MergedIntoId: null }) remarks.Add(new(200, "merge.other-archived", "The other one is archived; its rows are moved all the same."));
        return [.. remarks.OrderByDescending(r => r.Status)];
    }

    /// <summary>Active allergies that cannot both stay so: the same substance twice (the moved one ends), and the statement that none is known where one is.</summary>
    public static async Task<IReadOnlyList<Allergy>> ToEnd(SalusDb db, Guid keptId, Guid otherId, CancellationToken ct)
    {
        var active = await db.Allergies.Where(a => (a.PatientId == keptId || a.PatientId == otherId) && a.State == AllergyState.Active).ToListAsync(ct);
        var (kept, other) = (active.Where(a => a.PatientId == keptId).ToList(), active.Where(a => a.PatientId == otherId).ToList());
        var isKnown = active.Any(a => !a.IsNoneKnown);
        return [.. active.Where(a => a.IsNoneKnown && isKnown).Union(other.Where(o => kept.Any(k => k.Folded == o.Folded)))];
    }
}
