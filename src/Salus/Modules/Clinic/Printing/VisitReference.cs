using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Kernel.Data;
using Salus.Modules.Clinic.Encounters;

namespace Salus.Modules.Clinic.Printing;

/// <summary>
/// The short word for a visit that stands on paper, such as 261123-1A2B3C4D: its day, by which it is found, and the end of its id.
/// It names nobody, and whoever finds the paper learns nothing by it.
/// </summary>
public static class VisitReference
{
    private const string DayFormat = "yyMMdd";
    private const int Letters = 8;

    public static string Of(Guid id, DateOnly day) => day.ToString(DayFormat, CultureInfo.InvariantCulture) + "-" + End(id);

    /// <summary>The end of an id as it stands on paper.</summary>
    public static string End(Guid id) => id.ToString("N")[^Letters..].ToUpperInvariant();

    /// <summary>The day and the end of the id; null when the text is no reference.</summary>
    public static (DateOnly Day, string End)? Read(string text) =>
        text.Split('-') is [var day, { Length: Letters } end] && DateOnly.TryParseExact(day, DayFormat, CultureInfo.InvariantCulture, DateTimeStyles.None, out var on) && end.All(char.IsAsciiHexDigit) ? (on, end.ToUpperInvariant()) : null;
}

/// <summary>Finds the visit of a reference; its page then asks again who may see it.</summary>
public sealed class FindVisit(Tools tools) : ReadModel<FindVisit.Query, Guid>(tools)
{
    public const string Action = "encounter.find";

    public sealed record Query { public string Reference { get; init; } = ""; }

    protected override string Name => Action;

    protected override Task Authorize(Query query, CancellationToken ct) => Require(ClinicPermissions.ReadEncounters);

    protected override (string, IReadOnlyCollection<Guid>)? Shown(Query query, Guid result) => null;

    protected override async Task<Guid> Handle(SalusDb db, Query query, CancellationToken ct)
    {
        if (VisitReference.Read(query.Reference) is not { } wanted) throw Refusal.NotFound();
        var ofDay = await db.Encounters.Where(e => e.Day == wanted.Day).Select(e => e.Id).ToListAsync(ct);
        var found = ofDay.Where(id => VisitReference.End(id) == wanted.End).ToList();
        return found is [var only] ? only : throw Refusal.NotFound();
    }
}
