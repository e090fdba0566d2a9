using System.ComponentModel.DataAnnotations;
using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Kernel.Data;
using Salus.Modules.Accounts.Contract;
using Salus.Modules.Organisations.Contract;

namespace Salus.Modules.Organisations;

/// <summary>Makes a key with which a program of the organisation calls the API. Its secret is shown once.</summary>
public sealed class AddApiKey(Tools tools, Granting granting) : UseCase<AddApiKey.Command, AddApiKey.Added>(tools)
{
    public const string Action = "key.add";
    private const int Most = 100;

    public sealed record Command
    {
        [Required(ErrorMessage = "Please fill this in."), StringLength(80, ErrorMessage = "This is too long.")]
        public string Name { get; init; } = "";

        /// <summary>Permission keys such as <c>patients.read</c>.</summary>
        [Required(ErrorMessage = "Choose at least one permission."), MinLength(1, ErrorMessage = "Choose at least one permission."), MaxLength(200, ErrorMessage = "This is too long.")]
        public string[] Permissions { get; init; } = [];

        /// <summary>After how many days it ends.</summary>
        [Range(1, 366, ErrorMessage = "Between 1 and 366.")]
        public int Days { get; init; } = 90;
    }

    /// <param name="Secret">As a bearer token it is <c>key_{secret}</c>.</param>
    public sealed record Added(Guid Id, string Secret, DateTime ExpiresAt);

    protected override string Name => Action;

    protected override Task Authorize(Command command, CancellationToken ct) => RequireProven(OrganisationPermissions.ManageKeys);

    protected override async Task<Added> Handle(Command command, CancellationToken ct)
    {
        var permissions = granting.KeyPermissions(Actor, command.Permissions);
        if (await Db.ApiKeys.CountAsync(k => k.RevokedAt == null && k.ExpiresAt > Now, ct) >= Most) throw new Refusal(409, "key.too-many", "An organisation can have {0} keys.", Most) { Unlock = "End those that are not used any more." };
        var secret = Text.Secret() + Text.Secret();
        var key = new ApiKey
        {
            Name = Text.Clean(command.Name), Permissions = permissions, SecretHash = Text.Hash(secret), CreatedBy = Actor.Id, CreatedAt = Now, ExpiresAt = Now.AddDays(command.Days),
        };
        Db.Add(key);
        Subject("key", key.Id, permissions);
        return new Added(key.Id, secret, key.ExpiresAt);
    }
}

/// <summary>Ends a key; the program's next request is refused.</summary>
public sealed class RevokeApiKey(Tools tools) : UseCase<RevokeApiKey.Command, Guid>(tools)
{
    public const string Action = "key.revoke";

    public sealed record Command { public Guid KeyId { get; init; } }

    protected override string Name => Action;

    protected override Task Authorize(Command command, CancellationToken ct) => Require(OrganisationPermissions.ManageKeys);

    protected override async Task<Guid> Handle(Command command, CancellationToken ct)
    {
        var key = await Db.ApiKeys.FirstOrDefaultAsync(k => k.Id == command.KeyId, ct) ?? throw Refusal.NotFound();
        key.RevokedAt ??= Now;
        Subject("key", key.Id);
        return key.Id;
    }
}

/// <summary>A key as those see it who answer for it.</summary>
/// <param name="DaysLeft">Whole days until it ends; negative when it has ended.</param>
public sealed record ApiKeyLine(Guid Id, string Name, IReadOnlyList<string> Permissions, string CreatedBy, DateTime CreatedAt, DateTime ExpiresAt, DateTime? LastUsedAt, int DaysLeft)
{
    public bool IsExpired => DaysLeft < 0;

    /// <summary>It is time to make the next one.</summary>
    public bool ExpiresSoon => DaysLeft is >= 0 and < 14;
}

/// <param name="MayHandOn">The permissions the reader may put into a key.</param>
public sealed record ApiKeysView(IReadOnlyList<ApiKeyLine> Keys, IReadOnlyList<string> MayHandOn);

/// <summary>The organisation's keys that were not ended, those that end first before the others.</summary>
public sealed class ApiKeyList(Tools tools, Granting granting) : ReadModel<ApiKeyList.Query, ApiKeysView>(tools)
{
    public const string Action = "key.list";

    public sealed record Query;

    protected override string Name => Action;

    protected override Task Authorize(Query query, CancellationToken ct) => Require(OrganisationPermissions.ManageKeys);

    protected override (string, IReadOnlyCollection<Guid>)? Shown(Query query, ApiKeysView result) => null;

    protected override async Task<ApiKeysView> Handle(SalusDb db, Query query, CancellationToken ct)
    {
        var (accounts, now) = (db.Accounts, Clock.Now());
        var keys = await db.ApiKeys.AsNoTracking().Where(k => k.RevokedAt == null).OrderBy(k => k.ExpiresAt).Take(200)
            .Select(k => new { Key = k, By = accounts.Where(a => a.Id == k.CreatedBy).Select(a => a.Name).FirstOrDefault() }).ToListAsync(ct);
        return new([.. keys.Select(k => new ApiKeyLine(k.Key.Id, k.Key.Name, k.Key.List, k.By ?? "", k.Key.CreatedAt, k.Key.ExpiresAt, k.Key.LastUsedAt, (int)Math.Floor((k.Key.ExpiresAt - now).TotalDays)))],
            granting.ForKeys(Actor));
    }
}
