using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Kernel.Data;
using Salus.Modules.Organisations.Contract;

namespace Salus.Modules.Clinic.Patients.Importing;

/// <summary>A row held against the rules and against the patients that are here.</summary>
/// <param name="Same">The patient who is certainly the one the row describes: the row is left out.</param>
/// <param name="SameLine">An earlier row that describes the same person.</param>
/// <param name="Likely">Patients who may be the one; the row is brought in all the same.</param>
public sealed record CheckedRow(ImportRow Row, Patient? Patient, IReadOnlyList<RowFault> Faults, Patient? Same, int? SameLine, IReadOnlyList<Patient> Likely)
{
    public bool IsLeftOut => Same is not null || SameLine is not null;
}

/// <summary>Checks the rows of a file, some hundred at a time with the same few queries.</summary>
public sealed class RowCheck(SalusDb db, Actor actor, Organisation clinic, DateTime now, DateOnly today)
{
    private const int Chunk = 250, MostLikely = 3;
    private const double Alike = 0.3;
    private readonly Dictionary<string, (int Line, string Name)> lines = [];

    public async Task<IReadOnlyList<CheckedRow>> Run(IReadOnlyList<ImportRow> rows, CancellationToken ct)
    {
        var result = new List<CheckedRow>();
        foreach (var some in rows.Chunk(Chunk)) result.AddRange(await RunSome([.. some.Select(Shape)], ct));
        return result;
    }

    /// <summary>What a row says by itself.</summary>
    private CheckedRow Shape(ImportRow row)
    {
        var faults = row.Faults.ToList();
        var (patient, wrong) = (new Patient { CreatedAt = now, UpdatedAt = now }, new List<ValidationResult>());
        if (!Validator.TryValidateObject(row.Command, new ValidationContext(row.Command), wrong, validateAllProperties: true))
            faults.AddRange(wrong.Select(w => new RowFault(row.Line, JsonNamingPolicy.CamelCase.ConvertName(w.MemberNames.FirstOrDefault() ?? ""), w.ErrorMessage ?? "This value does not fit.")));
        else
        {
            try { row.Command.WriteTo(patient, today, clinic.CallingCode); }
            catch (Refusal refusal) when (refusal.Errors.Count > 0) { faults.AddRange(refusal.Errors.Select(e => new RowFault(row.Line, e.Key, e.Value[0]))); }
        }
        patient.Number = row.Command.Number?.Trim() ?? "";
        if (patient.Number.Length > 0 && !NumberScheme.Parse(clinic.NumberPattern)!.Fits(patient.Number)) faults.Add(new(row.Line, "number", "The number does not have the form of this clinic's numbers."));
        return new(row, faults.Count == 0 ? patient : null, faults, null, null, []);
    }

    private async Task<IReadOnlyList<CheckedRow>> RunSome(CheckedRow[] rows, CancellationToken ct)
    {
        var whole = rows.Select(r => r.Patient).OfType<Patient>().ToList();
        List<string> Distinct(Func<Patient, string> of) => [.. whole.Select(of).Where(t => t.Length > 0).Distinct()];
        var (numbers, keys) = (Distinct(p => p.Number), Distinct(p => p.NationalKey));
        // Also of those whom the actor may not see: what must be unique is unique among all.
        var taken = await db.Patients.AsNoTracking().Where(p => numbers.Contains(p.Number) || (p.MergedIntoId == null && keys.Contains(p.NationalKey))).Select(p => new { p.Number, p.NationalKey, IsMerged = p.MergedIntoId != null }).ToListAsync(ct);
        var (takenNumbers, takenKeys) = (taken.Select(t => t.Number).ToHashSet(), taken.Where(t => !t.IsMerged).Select(t => t.NationalKey).ToHashSet());
        var known = await Candidates(whole, numbers, keys, ct);
        return [.. rows.Select(row =>
        {
            if (row.Patient is not { } patient) return row;
            var (traits, line) = (LikelyDuplicates.Traits.Of(patient), row.Row.Line);
            var near = known.Where(k => k.SearchName == patient.SearchName || (patient.Phone.Length > 0 && k.Phone == patient.Phone) || (patient.Email.Length > 0 && k.Email == patient.Email)
                || (patient.NationalKey.Length > 0 && k.NationalKey == patient.NationalKey) || (traits.BirthDate is not null && k.BirthDate == traits.BirthDate) || (patient.Number.Length > 0 && k.Number == patient.Number)).ToList();
            // One national id and two names that have nothing in common is no duplicate but a mistake.
            if (near.FirstOrDefault(k => Identities(k).Intersect(Identities(patient)).Any() && LikelyDuplicates.Likeness(k.SearchName, patient.SearchName) > Alike) is { } same) return row with { Same = same };
            var earlier = Identities(patient).Where(lines.ContainsKey).Select(i => lines[i]).Where(l => LikelyDuplicates.Likeness(l.Name, patient.SearchName) > Alike).Select(l => (int?)l.Line).FirstOrDefault();
            if (earlier is not null) return row with { SameLine = earlier };
            var faults = new List<RowFault>();
            if (patient.Number.Length > 0 && (takenNumbers.Contains(patient.Number) || !lines.TryAdd("number " + patient.Number, (line, "")))) faults.Add(new(line, "number", "Another patient has this number."));
            if (patient.NationalKey.Length > 0 && (takenKeys.Contains(patient.NationalKey) || lines.ContainsKey("id " + patient.NationalKey))) faults.Add(new(line, "nationalId", "Another patient has this national id."));
            if (faults.Count > 0) return row with { Faults = faults, Patient = null };
            foreach (var identity in Identities(patient)) lines.TryAdd(identity, (line, patient.SearchName));
            return row with { Likely = [.. near.Select(k => (Patient: k, Score: LikelyDuplicates.Score(k, traits))).Where(s => s.Score >= LikelyDuplicates.Likely).OrderByDescending(s => s.Score).Take(MostLikely).Select(s => s.Patient)] };
        })];
    }

    /// <summary>What makes two rows one person without doubt: the national id; or the name with the birth date, the phone or the number.</summary>
    private static IEnumerable<string> Identities(Patient patient)
    {
        if (patient.NationalKey.Length > 0) yield return "id " + patient.NationalKey;
        if (patient is { BirthDate: { } born, BirthDateIsEstimated: false }) yield return $"born {born:yyyyMMdd} {patient.SearchName}";
        if (patient.Phone.Length > 0) yield return $"phone {patient.Phone} {patient.SearchName}";
        if (patient.Number.Length > 0) yield return $"as {patient.Number} {patient.SearchName}";
    }

    private async Task<List<Patient>> Candidates(List<Patient> rows, List<string> numbers, List<string> keys, CancellationToken ct)
    {
        var names = rows.Select(p => p.SearchName).Distinct().ToList();
        var phones = rows.Select(p => p.Phone).Where(p => p.Length > 0).Distinct().ToList();
        var emails = rows.Select(p => p.Email).Where(e => e.Length > 0).Distinct().ToList();
        var days = rows.Select(p => p.BirthDate).OfType<DateOnly>().Distinct().ToList();
        var visible = db.PatientsVisibleTo(actor, now).AsNoTracking().Where(p => p.MergedIntoId == null);
        var found = new Dictionary<Guid, Patient>();
        // One query for each index: together in one condition none of them would be used.
        foreach (var query in (IQueryable<Patient>[])[visible.Where(p => names.Contains(p.SearchName)), visible.Where(p => phones.Contains(p.Phone)), visible.Where(p => emails.Contains(p.Email)),
            visible.Where(p => p.BirthDate != null && days.Contains(p.BirthDate.Value)), visible.Where(p => numbers.Contains(p.Number)), visible.Where(p => keys.Contains(p.NationalKey))])
            foreach (var patient in await query.ToListAsync(ct)) found.TryAdd(patient.Id, patient);
        return [.. found.Values];
    }
}
