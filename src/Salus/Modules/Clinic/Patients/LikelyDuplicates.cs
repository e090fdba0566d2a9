using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Kernel.Data;
using Salus.Modules.Organisations.Contract;

namespace Salus.Modules.Clinic.Patients;

/// <summary>Patients who may be the one that is being registered: same phone, or a similar name, more so with the same birth date. Suggested, never merged.</summary>
public sealed class LikelyDuplicates(Tools tools, OrganisationSlot organisation, SearchLimit limit) : ReadModel<LikelyDuplicates.Query, IReadOnlyList<PatientLine>>(tools)
{
    public const string Action = "patient.likely-duplicates";
    private const int Candidates = 100;

    public sealed record Query
    {
        public string? Name { get; init; }
        public string? Phone { get; init; }
        public DateOnly? BirthDate { get; init; }
    }

    protected override string Name => Action;

    protected override async Task Authorize(Query query, CancellationToken ct)
    {
        await Require(ClinicPermissions.WritePatients);
        limit.Take(Actor);
    }

    protected override (string, IReadOnlyCollection<Guid>)? Shown(Query query, IReadOnlyList<PatientLine> result) =>
        result.Count == 0 ? null : ("patient", [.. result.Select(p => p.Id)]);

    protected override async Task<IReadOnlyList<PatientLine>> Handle(SalusDb db, Query query, CancellationToken ct)
    {
        var (name, phone) = (Text.Fold(query.Name), Text.Phone(query.Phone, organisation.Current.CallingCode));
        if (phone is null && name.Length < 3) return [];
        var candidates = new Dictionary<Guid, Patient>();
        var living = db.PatientsVisibleTo(Actor, Clock.Now()).AsNoTracking().Where(p => p.ArchivedAt == null);
        async Task Add(IQueryable<Patient> some)
        {
            foreach (var patient in await some.Take(Candidates).ToListAsync(ct)) candidates.TryAdd(patient.Id, patient);
        }
        if (phone is not null) await Add(living.Where(p => p.Phone == phone));
        if (query.BirthDate is { } birth && name.Length > 0) await Add(living.Where(p => p.BirthDate == birth));
        var words = name.Split(' ', StringSplitOptions.RemoveEmptyEntries).Where(w => w.Length > 2).Select(w => w[..3]).Distinct().Take(4).ToList(); // the beginnings: typing errors sit further back
        if (words.Count > 0)
        {
            var seesRestricted = Actor.May(ClinicPermissions.ReadRestricted);
            var (condition, values) = db.Provider.Match("clinic_patients", words, i => $"{{{i}}}");
            await Add(db.Patients.FromSqlRaw($"SELECT * FROM clinic_patients WHERE {condition}", values).AsNoTracking().Where(p => p.ArchivedAt == null && (seesRestricted || p.RestrictedAt == null)));
        }
        var today = Clock.Today(organisation.Current.Zone);
        return [.. candidates.Values.Select(p => (Patient: p, Score: Score(p, name, phone, query.BirthDate))).Where(x => x.Score >= 0.6)
            .OrderByDescending(x => x.Score).ThenBy(x => x.Patient.SearchName).Take(5)
            .Select(x => new PatientLine(x.Patient.Id, x.Patient.Number, x.Patient.Name, x.Patient.BirthDate, x.Patient.BirthDateIsEstimated, x.Patient.Age(today), x.Patient.Gender, x.Patient.Phone))];
    }

    /// <summary>0 to about 2: likeness of the names, plus what phone and birth date add or take.</summary>
    public static double Score(Patient patient, string name, string? phone, DateOnly? birth)
    {
        var likeness = name.Length == 0 ? 0 : Likeness(patient.SearchName, name);
        var samePhone = phone is not null && patient.Phone == phone;
        if (birth is { } day && patient.BirthDate is { } known && !patient.BirthDateIsEstimated && likeness > 0.3) likeness += day == known ? 0.4 : -0.3;
        return likeness + (samePhone ? 0.6 : 0);
    }

    /// <summary>Share of common trigrams (Dice), words in any order: 1 same, 0 nothing in common.</summary>
    public static double Likeness(string one, string other)
    {
        var (a, b) = (Trigrams(one), Trigrams(other));
        return a.Count + b.Count == 0 ? 0 : 2.0 * a.Count(b.Contains) / (a.Count + b.Count);
    }

    private static HashSet<string> Trigrams(string text) =>
        [.. text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(w => $"  {w} ").SelectMany(w => Enumerable.Range(0, w.Length - 2).Select(i => w.Substring(i, 3)))];
}
