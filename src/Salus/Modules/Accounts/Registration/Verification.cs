using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Microsoft.Extensions.Localization;
using Salus.Kernel;
using Salus.Kernel.Data;
using Salus.Kernel.Jobs;
using Salus.Modules.Accounts.Contract;
using Salus.Resources;

namespace Salus.Modules.Accounts.Registration;

/// <summary>A link by mail, or a code by short message, with which somebody shows that an address is theirs. It works once, for a day.</summary>
public sealed class Verification
{
    public static readonly TimeSpan Life = TimeSpan.FromHours(24);

    public Guid Id { get; set; } = Guid.CreateVersion7();
    public Guid AccountId { get; set; }

    /// <summary>Of the link's last part; for a phone, of the account and the code.</summary>
    public string SecretHash { get; set; } = "";
    public DateTime CreatedAt { get; set; }
    public DateTime ExpiresAt { get; set; }
    public DateTime? UsedAt { get; set; }

    /// <summary>A code is short: it is only looked for at its account.</summary>
    public static string HashOf(Account account, string code) => Text.Hash($"{account.Id:N}:{Text.Digits(code)}");

    /// <summary>Makes one and posts it to the account's address, in the transaction of the context. Those before it end.</summary>
    public static async Task Post(SalusDb db, Account account, Settings settings, IStringLocalizer<Texts> texts, DateTime now, CancellationToken ct)
    {
        await db.Set<Verification>().Where(v => v.AccountId == account.Id && v.UsedAt == null).ExecuteUpdateAsync(set => set.SetProperty(v => v.ExpiresAt, now), ct);
        var secret = account.Email is null ? System.Security.Cryptography.RandomNumberGenerator.GetString("0123456789", 6) : Text.Secret();
        db.Add(new Verification { AccountId = account.Id, SecretHash = account.Email is null ? HashOf(account, secret) : Text.Hash(secret), CreatedAt = now, ExpiresAt = now + Life });
        using var _ = AccountPost.InLanguageOf(account);
        if (account.Email is null) db.Post(new Sms(account.PhoneNumber!, texts["{0} is your code for Salus. It works for a day.", secret]), now);
        else db.Post(new Mail(account.Email, texts["Your account in Salus"],
            texts["Hello {0},\n\nopen this link within a day to use your account:\n\n{1}\n\nIf you did not make an account, ignore this mail.", account.Name, $"{settings.BaseUrl}/account/verify/{secret}"]), now);
    }
}

internal sealed class VerificationTable : IEntityTypeConfiguration<Verification>
{
    public void Configure(EntityTypeBuilder<Verification> table)
    {
        table.ToTable("accounts_verifications");
        table.Property(v => v.SecretHash).HasMaxLength(64);
        table.HasIndex(v => v.SecretHash);
        table.HasIndex(v => new { v.AccountId, v.CreatedAt });
        table.HasOne<Account>().WithMany().HasForeignKey(v => v.AccountId).OnDelete(DeleteBehavior.Cascade);
    }
}
