using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Kernel.Data;
using Salus.Modules.Clinic.Fhir.Model;
using Salus.Modules.Clinic.Fhir.Search;
using Salus.Modules.Clinic.Patients;
using Salus.Modules.Clinic.Patients.Merging;

namespace Salus.Modules.Clinic.Fhir.Types;

internal sealed record FhirPatient(IReadOnlyList<Identifier> Identifier, bool Active, IReadOnlyList<HumanName> Name, IReadOnlyList<ContactPoint>? Telecom, string Gender, string? BirthDate, IReadOnlyList<Address>? Address,
    IReadOnlyList<PatientContact>? Contact, Ref ManagingOrganization, IReadOnlyList<PatientLink>? Link) : Resource;

internal sealed record PatientContact(IReadOnlyList<Concept>? Relationship, HumanName? Name, IReadOnlyList<ContactPoint>? Telecom);

internal sealed record PatientLink(Ref Other, string Type);

/// <summary>Patients in the order of their numbers.</summary>
internal sealed class PatientSource : Source<Patient>
{
    protected override IEnumerable<Param<Patient>> Own =>
    [
        new("_id patient", "token", (rows, ask) => { var ids = ask.Ids("Patient"); return rows.Where(p => ids.Contains(p.Id)); }),
        new("_lastUpdated", "date", (rows, ask) => rows.At(ask, p => p.UpdatedAt)),
        new("identifier", "token", WithIdentifier, "The registration number, also one of before a merge, or the national id"),
        new("name", "string", WithName, "The beginning of any word of the name, without regard to accents and capitals"),
        new("birthdate", "date", (rows, ask) => rows.On(ask, p => p.BirthDate)),
        new("gender", "token", (rows, ask) => { var genders = ask.Pick<Gender>(Codes.Of); return rows.Where(p => genders.Contains(p.Gender)); }),
        new("phone", "token", (rows, ask) => { var phones = ask.Codes("phone").Select(v => Text.Phone(v, ask.Scope.Organisation.CallingCode) ?? "none").ToList(); return rows.Where(p => phones.Contains(p.Phone)); }),
        new("active", "token", (rows, ask) => { var (yes, no) = (ask.Term.Values.Contains("true"), ask.Term.Values.Contains("false")); return rows.Where(p => (yes && p.ArchivedAt == null) || (no && p.ArchivedAt != null)); }),
    ];

    private static IQueryable<Patient> WithIdentifier(IQueryable<Patient> rows, Ask ask)
    {
        var (own, patients) = (System(ask.Scope), ask.Scope.Db.Patients);
        var (numbers, ids) = (ask.Codes(own), ask.Codes().Select(Patient.KeyOf).Where(k => k.Length > 0).ToList());
        // Each look-up has an index of its own; in one condition none of them would be used.
        var found = patients.Where(p => numbers.Contains(p.Number)).Select(p => p.Id)
            .Union(patients.Where(p => p.NationalKey != "" && p.MergedIntoId == null && ids.Contains(p.NationalKey)).Select(p => p.Id));
        // A number of before a merge is one of few words in a text; that text, and the national id of who was merged, are held by the text of the search. The row itself decides.
        var former = numbers.Select(n => $" {n} ").ToList();
        if (Holding(ask.Scope.Db, [.. numbers.Select(Text.Digits).Where(n => n.Length > 0).Concat(ids).Distinct()]) is { } some)
            found = found.Union(some.Where(p => ids.Contains(p.NationalKey) || (p.FormerNumbers != "" && former.Any(n => (" " + p.FormerNumbers + " ").Contains(n)))).Select(p => p.Id));
        return rows.Where(p => found.Contains(p.Id));
    }

    /// <summary>Those whose text of the search holds one of the words; null: there are no words.</summary>
    private static IQueryable<Patient>? Holding(SalusDb db, IReadOnlyList<string> words)
    {
        var (conditions, values) = (new List<string>(), new List<object>());
        foreach (var word in words)
        {
            var (condition, matched) = db.Provider.Match("clinic_patients", [word], i => $"{{{values.Count + i}}}");
            conditions.Add(condition);
            values.AddRange(matched);
        }
        return conditions.Count == 0 ? null : db.Patients.FromSqlRaw($"SELECT * FROM clinic_patients WHERE {string.Join(" OR ", conditions)}", [.. values]);
    }

    private static IQueryable<Patient> WithName(IQueryable<Patient> rows, Ask ask)
    {
        var names = ask.Term.Values.Select(v => " " + Text.Fold(v)).Where(n => n.Length > 1).ToList();
        // The indexed text finds few, the name alone decides: phone and numbers stand in that text, too.
        return names switch
        {
            [] => throw SearchTerms.Wrong(ask.Term.Name),
            [var name] => rows.Where(p => p.SearchText.Contains(name) && (" " + p.SearchName).Contains(name)),
            _ => rows.Where(p => names.Any(n => (" " + p.SearchName).Contains(n))),
        };
    }

    private static string System(Scope scope) => $"urn:uuid:{scope.Organisation.Id}";

    protected override IQueryable<Patient> Rows(Scope scope) => scope.Patients.AsNoTracking();

    protected override IQueryable<Patient> Sorted(Scope scope, IQueryable<Patient> rows, string? after)
    {
        if (after is not null)
        {
            var (place, patients) = (PlaceOf(after), scope.Db.Patients);
            rows = rows.Where(p => string.Compare(p.Number, patients.First(o => o.Id == place).Number) > 0);
        }
        return rows.OrderBy(p => p.Number);
    }

    protected override async Task<IReadOnlyList<Piece>> Read(Scope scope, IQueryable<Patient> sorted, CancellationToken ct)
    {
        var found = await sorted.ToListAsync(ct);
        var ids = found.Select(p => p.Id).ToList();
        var others = (await scope.Db.PatientMerges.AsNoTracking().Where(m => ids.Contains(m.KeptPatientId) && m.UndoneAt == null).OrderBy(m => m.Id).Select(m => new { m.KeptPatientId, m.OtherPatientId }).ToListAsync(ct))
            .ToLookup(m => m.KeptPatientId, m => m.OtherPatientId);
        return [.. found.Select(p => new Piece(p.Id.ToString(), p.Id, p.Id.ToString("N"), [], _ => Written(scope, p, others[p.Id])))];
    }

    private static FhirPatient Written(Scope scope, Patient p, IEnumerable<Guid> merged) => new(
        [.. Identifiers(scope, p)], p.ArchivedAt is null, [new(p.Name, "usual")], Elements.List(Phone(p.Phone), p.Email.Length > 0 ? new ContactPoint("email", p.Email) : null), Codes.Of(p.Gender),
        // Of an estimated birth date only the year was ever known.
        p.BirthDate?.ToString(p.BirthDateIsEstimated ? "yyyy" : "yyyy-MM-dd", global::System.Globalization.CultureInfo.InvariantCulture), p.Address.Length > 0 ? [new(p.Address)] : null,
        Elements.List(Contact(p)), Ref.To("Organization", scope.Organisation.Id),
        Elements.List([p.MergedIntoId is { } into ? new PatientLink(Ref.To("Patient", into), "replaced-by") : null, .. merged.Select(m => new PatientLink(Ref.To("Patient", m), "replaces"))]))
    {
        Id = p.Id.ToString(), Meta = new(p.Version.ToString("N"), p.UpdatedAt, p.RestrictedAt is null ? null : [new(Codes.Hl7 + "v3-Confidentiality", "R", "restricted")]),
    };

    private static IEnumerable<Identifier> Identifiers(Scope scope, Patient p)
    {
        var number = Concept.Of(Codes.IdentifierType, "MR", "Medical record number");
        yield return new("usual", number, System(scope), p.Number);
        foreach (var former in p.FormerNumbers.Split(' ', StringSplitOptions.RemoveEmptyEntries)) yield return new("old", number, System(scope), former);
        if (p.NationalId.Length > 0) yield return new("official", Concept.Of(Codes.IdentifierType, "NI", "National unique individual identifier"), null, p.NationalId);
    }

    private static ContactPoint? Phone(string phone) => phone.Length > 0 ? new("phone", phone) : null;

    // A contact says at least who it is or how to reach it (constraint pat-1).
    private static PatientContact? Contact(Patient p) => p.EmergencyName.Length + p.EmergencyPhone.Length == 0 ? null
        : new(Elements.List(Concept.Words(p.EmergencyRelation)) ?? [Concept.Of(Codes.Hl7 + "v2-0131", "C", "Emergency Contact")], p.EmergencyName.Length > 0 ? new(p.EmergencyName) : null, Elements.List(Phone(p.EmergencyPhone)));
}
