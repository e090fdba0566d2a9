using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Kernel.Audit;
using Salus.Kernel.Data;
using Salus.Kernel.Live;
using Salus.Modules.Accounts.Contract;

namespace Salus.Modules.Accounts;

/// <summary>
/// Takes a refresh token and gives the next. A token that comes a second time was stolen from somebody: its session ends (RFC 9700 §4.14).
/// Of several requests that are under way at once one wins; the others are refused and end nothing.
/// </summary>
public sealed class RefreshTokens(Tools tools, AccessTokens tokens, RateLimits limits, Settings settings)
{
    public const string Action = "account.refresh";

    public sealed record Command(string RefreshToken);

    private enum Outcome { Given, Unknown, Late, Reused }

    /// <exception cref="Refusal">401 <c>refresh.failed</c>: unknown, used, ended or too old; the answer does not say which.</exception>
    public async Task<TokenAnswer> Run(Command command, CancellationToken ct)
    {
        var arrived = tools.Clock.Now();
        await limits.Take(settings.RefreshLimit, RateLimits.Address(tools.Actor.Ip));
        var (outcome, session, next) = command.RefreshToken?.Length == Contract.RefreshToken.Length
            ? await tools.Database.Write(null, db => Exchange(db, Text.Hash(command.RefreshToken), arrived, ct), ct)
            : (Outcome.Unknown, null, null);
        if (outcome == Outcome.Unknown) throw await Guessed();
        if (outcome == Outcome.Reused) tools.Live.Changed(null, [LiveTopics.Cut + session!.Id]);
        return outcome == Outcome.Given ? new TokenAnswer(tokens.Issue(session!), next!) : throw Failed();
    }

    private async Task<(Outcome, Session?, string?)> Exchange(SalusDb db, string hash, DateTime arrived, CancellationToken ct)
    {
        var found = await db.RefreshTokens.AsNoTracking().FirstOrDefaultAsync(t => t.Hash == hash, ct);
        if (found is null) return (Outcome.Unknown, null, null);
        var now = tools.Clock.Now();
        var session = await db.Sessions.FirstAsync(s => s.Id == found.SessionId, ct);
        if (!session.IsLive(now) || !await db.Accounts.AnyAsync(a => a.Id == session.AccountId && a.DeactivatedAt == null, ct)) return await Noted(db, session, now, Outcome.Late);
        if (await db.RefreshTokens.Where(t => t.Hash == hash && t.UsedAt == null).ExecuteUpdateAsync(set => set.SetProperty(t => t.UsedAt, now), ct) == 0)
        {
            var used = found.UsedAt ?? await db.RefreshTokens.Where(t => t.Hash == hash).Select(t => t.UsedAt).SingleAsync(ct);
            if (used > arrived) return await Noted(db, session, now, Outcome.Late);
            session.End(SessionEnd.Reused, now);
            return await Noted(db, session, now, Outcome.Reused);
        }
        var (text, row) = RefreshToken.Make(session.Id, now);
        db.Add(row);
        (session.LastUsedAt, session.ExpiresAt) = (now, now + Session.ProgramLife);
        await Noted(db, session, now, Outcome.Given);
        return (Outcome.Given, session, text);
    }

    private async Task<Refusal> Guessed()
    {
        var refusal = Failed();
        await tools.Audit.Refused(tools.Actor, Action, refusal);
        return refusal;
    }

    private async Task<(Outcome, Session?, string?)> Noted(SalusDb db, Session session, DateTime now, Outcome outcome)
    {
        var row = AuditEvent.By(tools.Actor, now, Action);
        (row.ActorKind, row.ActorId, row.SubjectKind, row.SubjectId) = (ActorKind.Person, session.AccountId, "session", session.Id);
        row.Result = outcome switch { Outcome.Given => "ok", Outcome.Reused => "refresh.reused", _ => "refresh.failed" };
        db.Add(row);
        await db.SaveChangesAsync();
        return (outcome, session, null);
    }

    private static Refusal Failed() => new(401, "refresh.failed", "This token does not work any more. Sign in again.");
}
