using System.Security.Claims;

namespace Salus.Modules.Accounts.Contract;

/// <summary>What a session or token carries: the account, and the stamp that ends all of them when it changes.</summary>
public static class Session
{
    public const string StampClaim = "stamp";

    public static ClaimsPrincipal Principal(Account account, string scheme) => new(new ClaimsIdentity(
        [new Claim("sub", account.Id.ToString()), new Claim(StampClaim, account.SecurityStamp ?? "")], scheme));
}
