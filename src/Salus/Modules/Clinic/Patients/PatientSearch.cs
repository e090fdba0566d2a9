using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Salus.Kernel;
using Salus.Kernel.Data;
using Salus.Modules.Organisations.Contract;

namespace Salus.Modules.Clinic.Patients;

/// <summary>One patient as a line of a list.</summary>
/// <param name="IsRestricted">Only few may read the record; for others who may find it, name and number are all that is told.</param>
public sealed record PatientLine(Guid Id, string Number, string Name, DateOnly? BirthDate, bool BirthDateIsEstimated, int? Age, Gender Gender, string Phone, bool IsRestricted = false)
{
    public static PatientLine Of(Patient p, DateOnly today) => new(p.Id, p.Number, p.Name, p.BirthDate, p.BirthDateIsEstimated, p.Age(today), p.Gender, p.Phone, p.RestrictedAt is not null);

    /// <summary>Name and number, and that it is restricted.</summary>
    public PatientLine Closed() => this with { BirthDate = null, BirthDateIsEstimated = false, Age = null, Gender = Gender.Unknown, Phone = "" };
}

public sealed record PatientPage(IReadOnlyList<PatientLine> Items, string? Next);

/// <summary>
/// The one search box: fragments of the name in any order without accents or case, digits of the phone or of the
/// registration number. Every word must occur. Sorted by name, read by key.
/// </summary>
public sealed class PatientSearch(Tools tools, OrganisationSlot organisation, SearchLimit limit) : ReadModel<PatientSearch.Query, PatientPage>(tools)
{
    public const string Action = "patient.search";

    public sealed record Query
    {
        [StringLength(100)]
        public string Q { get; init; } = "";
        public string? After { get; init; }
        public int Limit { get; init; } = 25;
    }

    protected override string Name => Action;

    protected override async Task Authorize(Query query, CancellationToken ct)
    {
        await Require(ClinicPermissions.ReadPatients);
        limit.Take(Actor);
    }

    protected override (string, IReadOnlyCollection<Guid>)? Shown(Query query, PatientPage result) =>
        result.Items.Count == 0 ? null : ("patient", [.. result.Items.Select(p => p.Id)]);

    protected override async Task<PatientPage> Handle(SalusDb db, Query query, CancellationToken ct)
    {
        if (query.Q.Length > 100) throw Refusal.Field("q", "This is too long.");
        if (query.Limit is < 1 or > 100) throw Refusal.Field("limit", "Between 1 and 100.");
        var rows = await Find(db, query, ct);
        var more = rows.Count > query.Limit;
        var last = more ? rows[query.Limit - 1] : default;
        return new([.. rows.Take(query.Limit).Select(r => r.Line)], more ? Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes($"{last.Line.Id:N}{last.SearchName}")) : null);
    }

    /// <summary>One row more than asked for, when there is one.</summary>
    private Task<List<(PatientLine Line, string SearchName)>> Find(SalusDb db, Query query, CancellationToken ct)
    {
        var birth = BirthDate(query.Q);
        var (condition, matched) = birth is null ? db.Provider.Match("clinic_patients", Words(query.Q), i => $"@w{i}") : ("\"BirthDate\" = @w0", [birth]);
        var values = matched.Select((value, i) => ($"w{i}", (object?)value)).Append(("limit", query.Limit + 1));
        var after = "";
        if (Cursor(query.After) is { } cursor)
        {
            after = "AND (\"SearchName\", \"Id\") > (@name, @id)";
            values = [.. values, ("name", cursor.Name), ("id", db.Provider.Id(cursor.Id))];
        }
        var today = Clock.Today(organisation.Current.Zone);
        var reads = Actor.May(ClinicPermissions.ReadRestricted);
        var isOpen = reads ? "TRUE" : $"(\"RestrictedAt\" IS NULL OR {Restricted.IsOpenSql})";
        if (!reads) values = [.. values, ("account", db.Provider.Id(Actor.Id ?? Guid.Empty)), ("now", Clock.Now())];
        // Clinicians find a restricted record, to open it in an emergency; for others who are not on its team it is not there.
        var restricted = reads || Actor.May(ClinicPermissions.BreakGlass) ? "" : $"AND {isOpen}";
        return db.ReadOwned($"""
            SELECT "Id", "Number", "Name", "BirthDate", "BirthDateIsEstimated", "Gender", "Phone", "SearchName", "RestrictedAt", {isOpen} FROM clinic_patients
            WHERE "OrganisationId" = @organisation AND {condition} AND "ArchivedAt" IS NULL {restricted} {after} ORDER BY "SearchName", "Id" LIMIT @limit
            """, values, row =>
        {
            var born = row.IsDBNull(3) ? (DateOnly?)null : row.GetFieldValue<DateOnly>(3);
            var line = new PatientLine(row.GetGuid(0), row.GetString(1), row.GetString(2), born, row.GetBoolean(4), Patient.AgeAt(born, today), Enum.Parse<Gender>(row.GetString(5)), row.GetString(6), !row.IsDBNull(8));
            return (row.GetBoolean(9) ? line : line.Closed(), row.GetString(7));
        }, ct);
    }

    /// <summary>The words to look for: a phone number typed with spaces or a number with hyphens is one word of digits.</summary>
    public static IReadOnlyList<string> Words(string q)
    {
        var compact = Text.Clean(q).Replace(" ", "", StringComparison.Ordinal);
        var digits = Text.Digits(compact);
        if (digits.Length >= 3 && compact.All(c => char.IsAsciiDigit(c) || "+-./()".Contains(c, StringComparison.Ordinal)))
            return [digits.StartsWith("00", StringComparison.Ordinal) && digits.Length > 9 ? digits[2..] : digits.Length > 8 ? digits.TrimStart('0') : digits];
        return Text.Fold(q).Split(' ', StringSplitOptions.RemoveEmptyEntries).Distinct().Take(6).ToList();
    }

    // Only forms with a whole year: "01-06-570" is a registration number.
    private static DateOnly? BirthDate(string q) =>
        DateOnly.TryParseExact(q.Trim(), ["yyyy-M-d", "d/M/yyyy", "d.M.yyyy"], CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day : null;

    private static (string Name, Guid Id)? Cursor(string? after)
    {
        if (string.IsNullOrEmpty(after)) return null;
        try
        {
            var text = System.Text.Encoding.UTF8.GetString(Convert.FromBase64String(after));
            return (Text.Clean(text[32..]), Guid.ParseExact(text[..32], "N"));
        }
        catch (Exception error) when (error is FormatException or ArgumentException) { throw Refusal.Field("after", "This is not a place in this list."); }
    }
}
