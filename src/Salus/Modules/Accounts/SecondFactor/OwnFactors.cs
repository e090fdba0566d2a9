using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Kernel.Data;
using Salus.Modules.Accounts.Contract;

namespace Salus.Modules.Accounts.SecondFactor;

public sealed record PasskeyLine(Guid Id, string Name, DateTime CreatedAt, DateTime? LastUsedAt, bool IsBackedUp);

/// <summary>What protects the own account besides its password.</summary>
public sealed record FactorsView(DateTime? AuthenticatorSince, int RecoveryCodesLeft, IReadOnlyList<PasskeyLine> Passkeys)
{
    public bool Any => AuthenticatorSince is not null || Passkeys.Count > 0;
}

public sealed class OwnFactors(Tools tools) : ReadModel<OwnFactors.Query, FactorsView>(tools)
{
    public const string Action = "account.factors";

    public sealed record Query;

    protected override string Name => Action;

    protected override Task Authorize(Query query, CancellationToken ct) => RequirePerson();

    protected override (string, IReadOnlyCollection<Guid>)? Shown(Query query, FactorsView result) => null;

    protected override async Task<FactorsView> Handle(SalusDb db, Query query, CancellationToken ct)
    {
        var since = await db.Set<Authenticator>().Where(a => a.AccountId == Actor.Id).Select(a => a.ConfirmedAt).FirstOrDefaultAsync(ct);
        var left = await db.Set<RecoveryCode>().CountAsync(c => c.AccountId == Actor.Id && c.UsedAt == null, ct);
        var passkeys = await db.Set<Passkey>().AsNoTracking().Where(p => p.AccountId == Actor.Id).OrderBy(p => p.CreatedAt)
            .Select(p => new PasskeyLine(p.Id, p.Name, p.CreatedAt, p.LastUsedAt, p.IsBackedUp)).ToListAsync(ct);
        return new(since, left, passkeys);
    }
}
