using System.Text.Json;
using Salus.Kernel;
using Salus.Modules.Accounts.SecondFactor;

namespace Salus.Modules.Accounts.Outside;

/// <summary>Somebody who just came back from the provider, checked: a sealed cookie keeps it until they are signed in, or have linked it to their account.</summary>
/// <param name="HasMfa">The provider says that it asked for more than one factor.</param>
/// <param name="ShownAt">When the person last showed the provider who it is; null when it does not say.</param>
/// <param name="Word">Counts once, on whatever node.</param>
/// <param name="IsLink">They set out to link it to the account they were signed in to.</param>
public sealed record OutsidePerson(string Issuer, string Subject, string Email, bool IsEmailVerified, string Name, bool HasMfa, DateTime? ShownAt, string Word, string Back, bool IsLink)
{
    private const string Cookie = "salus-outside";
    public static readonly TimeSpan Life = TimeSpan.FromMinutes(10);

    public void Keep(HttpContext http) => SealedCookie.Keep(http, Cookie, JsonSerializer.Serialize(this), Life);

    /// <exception cref="Refusal">400 <c>outside.state</c> when there is none, or it is too old.</exception>
    public static OutsidePerson Of(HttpContext http) => SealedCookie.Read(http, Cookie) is { } text ? JsonSerializer.Deserialize<OutsidePerson>(text)! : throw Gone();

    public static void Drop(HttpContext http) => SealedCookie.Drop(http, Cookie);

    public static Refusal Gone() => new(400, "outside.state", "This sign-in was not begun in this browser, or it was used already.") { Unlock = "Begin again on the sign-in page." };
}
