using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Kernel.Data;
using Salus.Modules.Organisations.Contract;

namespace Salus.Modules.Clinic.Patients;

/// <summary>Patients who may be the one that is being registered: same phone, e-mail address or national id, or a similar name, more so with the same birth date. Suggested, never merged.</summary>
public sealed class LikelyDuplicates(Tools tools, OrganisationSlot organisation, SearchLimit limit) : ReadModel<LikelyDuplicates.Query, IReadOnlyList<PatientLine>>(tools)
{
    public const string Action = "patient.likely-duplicates";
    private const int Candidates = 100;

    /// <summary>From this score on two are likely the same.</summary>
    public const double Likely = 0.6;

    public sealed record Query
    {
        public string? Name { get; init; }
        public string? Phone { get; init; }
        public DateOnly? BirthDate { get; init; }
        public string? NationalId { get; init; }
        public string? Email { get; init; }
    }

    /// <summary>What tells people apart, in the form in which it is compared.</summary>
    public sealed record Traits(string Name, string? Phone, DateOnly? BirthDate, string NationalKey, string Email)
    {
        public static Traits Of(Patient patient) => new(patient.SearchName, patient.Phone.Length > 0 ? patient.Phone : null, patient.BirthDateIsEstimated ? null : patient.BirthDate, patient.NationalKey, patient.Email);
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
        var traits = new Traits(Text.Fold(query.Name), Text.Phone(query.Phone, organisation.Current.CallingCode), query.BirthDate, Patient.KeyOf(query.NationalId), Text.Clean(query.Email).ToLowerInvariant());
        var (name, phone) = (traits.Name, traits.Phone);
        if (phone is null && name.Length < 3 && traits.NationalKey.Length == 0 && traits.Email.Length == 0) return [];
        var candidates = new Dictionary<Guid, Patient>();
        var (now, living) = (Clock.Now(), db.PatientsVisibleTo(Actor, Clock.Now()).AsNoTracking().Where(p => p.ArchivedAt == null));
        async Task Add(IQueryable<Patient> some)
        {
            foreach (var patient in await some.Take(Candidates).ToListAsync(ct)) candidates.TryAdd(patient.Id, patient);
        }
        if (phone is not null) await Add(living.Where(p => p.Phone == phone));
        if (traits.NationalKey.Length > 0) await Add(living.Where(p => p.NationalKey == traits.NationalKey));
        if (traits.Email.Length > 0) await Add(living.Where(p => p.Email == traits.Email));
        if (query.BirthDate is { } birth && name.Length > 0) await Add(living.Where(p => p.BirthDate == birth));
        var words = name.Split(' ', StringSplitOptions.RemoveEmptyEntries).Where(w => w.Length > 2).Select(w => w[..3]).Distinct().Take(4).ToList(); // the beginnings: typing errors sit further back
        if (words.Count > 0)
        {
            var (condition, values) = db.Provider.Match("clinic_patients", words, i => $"{{{i}}}");
            await Add(db.Patients.FromSqlRaw($"SELECT * FROM clinic_patients WHERE {condition}", values).VisibleTo(db, Actor, now).AsNoTracking().Where(p => p.ArchivedAt == null));
        }
        var today = Clock.Today(organisation.Current.Zone);
        return [.. candidates.Values.Select(p => (Patient: p, Score: Score(p, traits))).Where(x => x.Score >= Likely)
            .OrderByDescending(x => x.Score).ThenBy(x => x.Patient.SearchName).Take(5)
            .Select(x => PatientLine.Of(x.Patient, today))];
    }

    /// <summary>0 to about 4: likeness of the names, plus what phone, e-mail, national id and birth date add or take.</summary>
    public static double Score(Patient patient, Traits other)
    {
        var likeness = other.Name.Length == 0 ? 0 : Likeness(patient.SearchName, other.Name);
        if (other.BirthDate is { } day && patient.BirthDate is { } known && !patient.BirthDateIsEstimated && likeness > 0.3) likeness += day == known ? 0.4 : -0.3;
        return likeness + (other.Phone is not null && patient.Phone == other.Phone ? 0.6 : 0) + (other.Email.Length > 0 && patient.Email == other.Email ? 0.6 : 0)
            + (other.NationalKey.Length > 0 && patient.NationalKey == other.NationalKey ? 1.5 : 0);
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
