using System.Security.Claims;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Salus.Kernel;
using Salus.Kernel.Data;

namespace Salus.Modules.Accounts.Contract;

public enum SessionKind { Browser, Program }

/// <summary>Why a session ended before its time.</summary>
public enum SessionEnd { SignedOut, Ended, Replaced, PasswordChanged, Reused }

/// <summary>One sign-in of a person, in a browser or by a program. Cookies and tokens only name it: when it ends, all of them do.</summary>
public sealed class Session : IStanding
{
    public const string Claim = "sid";

    /// <summary>How long a browser may rest, and how long a program may go without a refresh.</summary>
    public static readonly TimeSpan BrowserLife = TimeSpan.FromHours(12), ProgramLife = TimeSpan.FromDays(7);

    public Guid Id { get; set; } = Guid.CreateVersion7();
    public Guid AccountId { get; set; }
    public SessionKind Kind { get; set; }
    public DateTime CreatedAt { get; set; }

    /// <summary>Exact to a few minutes: it is not written with every request.</summary>
    public DateTime LastUsedAt { get; set; }
    public DateTime ExpiresAt { get; set; }
    public DateTime? EndedAt { get; set; }
    public SessionEnd? EndReason { get; set; }

    /// <summary>When its person last showed a password or a factor.</summary>
    public DateTime ProvedAt { get; set; }

    /// <summary>A second factor was shown in it.</summary>
    public bool IsStrong { get; set; }
    public string Ip { get; set; } = "";
    public string UserAgent { get; set; } = "";

    public static TimeSpan Life(SessionKind kind) => kind == SessionKind.Browser ? BrowserLife : ProgramLife;

    public static Session Begin(Guid accountId, SessionKind kind, Actor actor, DateTime now) => new()
    {
        AccountId = accountId, Kind = kind, CreatedAt = now, LastUsedAt = now, ProvedAt = now, ExpiresAt = now + Life(kind),
        Ip = actor.Ip ?? "", UserAgent = actor.UserAgent is { Length: > 200 } agent ? agent[..200] : actor.UserAgent ?? "",
    };

    public void End(SessionEnd reason, DateTime now) => (EndedAt, EndReason) = (EndedAt ?? now, EndReason ?? reason);

    public bool IsLive(DateTime now) => EndedAt is null && ExpiresAt > now;

    public ClaimsPrincipal Principal(string scheme) => new(new ClaimsIdentity([new Claim("sub", AccountId.ToString()), new Claim(Claim, Id.ToString())], scheme));
}

/// <summary>A refresh token, kept as its hash. It works once: the one who uses it gets the next.</summary>
public sealed class RefreshToken
{
    public const int Length = 52;
    public string Hash { get; set; } = "";
    public Guid SessionId { get; set; }
    public DateTime IssuedAt { get; set; }
    public DateTime? UsedAt { get; set; }

    /// <summary>A new token of a session: its text, which is shown once, and its row.</summary>
    public static (string Text, RefreshToken Row) Make(Guid sessionId, DateTime now)
    {
        var text = Kernel.Text.Secret() + Kernel.Text.Secret();
        return (text, new() { Hash = Kernel.Text.Hash(text), SessionId = sessionId, IssuedAt = now });
    }
}

public static class SessionTables
{
    extension(SalusDb db)
    {
        public DbSet<Session> Sessions => db.Set<Session>();
        public DbSet<RefreshToken> RefreshTokens => db.Set<RefreshToken>();
    }
}

internal sealed class SessionTable : IEntityTypeConfiguration<Session>
{
    public void Configure(EntityTypeBuilder<Session> table)
    {
        table.ToTable("accounts_sessions");
        table.Property(s => s.Ip).HasMaxLength(45);
        table.Property(s => s.UserAgent).HasMaxLength(200);
        table.HasIndex(s => new { s.AccountId, s.ExpiresAt });
        table.HasOne<Account>().WithMany().HasForeignKey(s => s.AccountId).OnDelete(DeleteBehavior.Restrict);
    }
}

internal sealed class RefreshTokenTable : IEntityTypeConfiguration<RefreshToken>
{
    public void Configure(EntityTypeBuilder<RefreshToken> table)
    {
        table.ToTable("accounts_refresh_tokens");
        table.HasKey(t => t.Hash);
        table.Property(t => t.Hash).HasMaxLength(64);
        table.HasIndex(t => t.SessionId);
        table.HasOne<Session>().WithMany().HasForeignKey(t => t.SessionId).OnDelete(DeleteBehavior.Cascade);
    }
}
