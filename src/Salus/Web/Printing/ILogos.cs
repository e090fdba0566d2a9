namespace Salus.Web.Printing;

/// <summary>Where the logos come from that stand on papers.</summary>
public interface ILogos
{
    /// <summary>An organisation's logo; null when it has none, or when it cannot be had just now: a paper never waits long for it.</summary>
    Task<PrintLogo?> Of(Guid organisation, CancellationToken ct);
}

/// <param name="Png">At most 480 points wide and high.</param>
/// <param name="Path">Where a page finds it.</param>
public sealed record PrintLogo(byte[] Png, string Path);
