using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.EntityFrameworkCore;
using Salus.Kernel.Data;
using Salus.Modules.Accounts.Contract;

namespace Salus.Modules.Accounts.SecondFactor;

/// <summary>What the framework's passkey checks ask of a store: accounts by id and their passkeys, for reading. All writing is done by our use cases.</summary>
public sealed class AccountStore(Database database) : IUserPasskeyStore<Account>
{
    public Task<string> GetUserIdAsync(Account user, CancellationToken cancellationToken) => Task.FromResult(user.Id.ToString());

    public Task<string?> GetUserNameAsync(Account user, CancellationToken cancellationToken) => Task.FromResult(user.UserName);

    public Task<string?> GetNormalizedUserNameAsync(Account user, CancellationToken cancellationToken) => Task.FromResult(user.NormalizedUserName);

    public async Task<Account?> FindByIdAsync(string userId, CancellationToken cancellationToken)
    {
        if (!Guid.TryParse(userId, out var id)) return null;
        await using var db = database.Open();
        return await db.Accounts.AsNoTracking().FirstOrDefaultAsync(a => a.Id == id && a.DeactivatedAt == null, cancellationToken);
    }

    public async Task<Account?> FindByNameAsync(string normalizedUserName, CancellationToken cancellationToken)
    {
        await using var db = database.Open();
        return await db.Accounts.AsNoTracking().FirstOrDefaultAsync(a => a.NormalizedUserName == normalizedUserName && a.DeactivatedAt == null, cancellationToken);
    }

    public async Task<IList<UserPasskeyInfo>> GetPasskeysAsync(Account user, CancellationToken cancellationToken)
    {
        await using var db = database.Open();
        return [.. (await db.Set<Passkey>().AsNoTracking().Where(p => p.AccountId == user.Id).ToListAsync(cancellationToken)).Select(Info)];
    }

    public async Task<Account?> FindByPasskeyIdAsync(byte[] credentialId, CancellationToken cancellationToken)
    {
        var word = WebEncoders.Base64UrlEncode(credentialId);
        await using var db = database.Open();
        return await db.Accounts.AsNoTracking().FirstOrDefaultAsync(a => a.DeactivatedAt == null && db.Set<Passkey>().Any(p => p.CredentialId == word && p.AccountId == a.Id), cancellationToken);
    }

    public async Task<UserPasskeyInfo?> FindPasskeyAsync(Account user, byte[] credentialId, CancellationToken cancellationToken)
    {
        var word = WebEncoders.Base64UrlEncode(credentialId);
        await using var db = database.Open();
        return await db.Set<Passkey>().AsNoTracking().FirstOrDefaultAsync(p => p.AccountId == user.Id && p.CredentialId == word, cancellationToken) is { } found ? Info(found) : null;
    }

    private static UserPasskeyInfo Info(Passkey p) => new(WebEncoders.Base64UrlDecode(p.CredentialId), p.PublicKey, new DateTimeOffset(p.CreatedAt, TimeSpan.Zero), (uint)p.SignCount,
        p.Transports.Split(' ', StringSplitOptions.RemoveEmptyEntries), isUserVerified: true, p.IsBackupEligible, p.IsBackedUp, attestationObject: [], clientDataJson: []);

    public Task AddOrUpdatePasskeyAsync(Account user, UserPasskeyInfo passkey, CancellationToken cancellationToken) => throw new NotSupportedException();
    public Task RemovePasskeyAsync(Account user, byte[] credentialId, CancellationToken cancellationToken) => throw new NotSupportedException();
    public Task SetUserNameAsync(Account user, string? userName, CancellationToken cancellationToken) => throw new NotSupportedException();
    public Task SetNormalizedUserNameAsync(Account user, string? normalizedName, CancellationToken cancellationToken) => throw new NotSupportedException();
    public Task<IdentityResult> CreateAsync(Account user, CancellationToken cancellationToken) => throw new NotSupportedException();
    public Task<IdentityResult> UpdateAsync(Account user, CancellationToken cancellationToken) => throw new NotSupportedException();
    public Task<IdentityResult> DeleteAsync(Account user, CancellationToken cancellationToken) => throw new NotSupportedException();
    public void Dispose() { }
}
