using Salus.Kernel;

namespace Salus.Modules.Clinic.Patients;

/// <summary>How often one account may search, whichever box it types into: a desk does not come near it, a program that reads everybody does.</summary>
public sealed class SearchLimit(NodeLimits limits, Settings settings)
{
    /// <exception cref="Refusal">429 <c>rate-limit</c> with the seconds until the next is allowed.</exception>
    public void Take(Actor actor)
    {
        if (actor.Id is { } account) limits.Take(settings.SearchLimit, account.ToString("N"));
    }
}
