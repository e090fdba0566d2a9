using Salus.Modules.Clinic.Fhir.Search;

namespace Salus.Modules.Clinic.Fhir.Model;

/// <summary>One parameter as its source reads it.</summary>
internal sealed record Ask(Term Term, Scope Scope)
{
    /// <summary>The ids among the values; of references those to this type. What is none finds nothing.</summary>
    public List<Guid> Ids(string type) =>
    [
        .. Term.Values.Select(v => v.StartsWith(Scope.Base + "/", StringComparison.Ordinal) ? v[(Scope.Base.Length + 1)..] : v)
            .Select(v => v.StartsWith(type + "/", StringComparison.Ordinal) ? v[(type.Length + 1)..] : v).Select(v => Guid.TryParseExact(v, "D", out var id) ? id : (Guid?)null).OfType<Guid>(),
    ];

    /// <summary>The codes of tokens that name no system, or one of these.</summary>
    public List<string> Codes(params string[] systems) =>
        [.. Term.Values.Select(v => v.Split('|', 2)).Where(p => p.Length == 1 || p[0].Length == 0 || systems.Contains(p[0])).Select(p => p[^1]).Where(c => c.Length > 0)];

    public bool Names(Coding? coding) => coding is not null && Term.Values.Select(v => v.Split('|', 2)).Any(p => p[^1] == coding.Code && (p.Length == 1 || p[0] == (coding.System ?? "")));

    /// <summary>Our values that are written as one of the codes.</summary>
    public List<T> Pick<T>(Func<T, Coding?> written) where T : struct, Enum => [.. Enum.GetValues<T>().Where(value => Names(written(value)))];

    public List<T> Pick<T>(Func<T, string> written, string? system = null) where T : struct, Enum => Pick<T>(value => new Coding(system, written(value)));

    /// <exception cref="Kernel.Refusal">400 when one of the values is no date.</exception>
    public IReadOnlyList<Moment> Moments => [.. Term.Values.Select(v => Moment.Parse(v, Scope.Zone) ?? throw SearchTerms.Wrong(Term.Name))];
}
