namespace Salus.Kernel;

/// <summary>How one part of the program is.</summary>
/// <param name="State"><c>ok</c>, <c>degraded</c>: it does not do what it should, or <c>off</c>: it is not set up.</param>
/// <param name="Reason">A word why; empty when it is well. Never an address or a secret.</param>
public sealed record HealthPart(string Name, string State, string Reason = "")
{
    public const string Ok = "ok", Degraded = "degraded", Off = "off";
}

/// <summary>A module whose parts can be away without the program being away.</summary>
public interface IHealthSource
{
    /// <summary>What was seen last; does not wait for anything.</summary>
    IReadOnlyList<HealthPart> Latest { get; }

    /// <summary>Looks now, or gives what was seen a moment ago.</summary>
    Task<IReadOnlyList<HealthPart>> Look(CancellationToken ct);
}
