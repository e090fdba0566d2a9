using System.ComponentModel.DataAnnotations;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Salus.Kernel.Audit;
using Salus.Kernel.Data;
using Salus.Kernel.Live;

namespace Salus.Kernel;

/// <summary>What every use case and read model needs: who acts, the database, the clock, the log, the live topics.</summary>
public sealed class Tools(Database database, ActorSlot slot, TimeProvider clock, AuditLog audit, LiveTopics live)
{
    public Database Database { get; } = database;
    public Actor Actor => slot.Actor;
    public TimeProvider Clock { get; } = clock;
    public AuditLog Audit { get; } = audit;
    public LiveTopics Live { get; } = live;
}

/// <summary>
/// One write, whichever door it came through: validate, authorise, handle, audit, save, commit, tell open pages.
/// Both <see cref="Authorize"/> and <see cref="Handle"/> are abstract: a write without a permission does not compile.
/// A use case never calls another; what two share is a method of the entity or a plain function.
/// </summary>
public abstract class UseCase<TCommand, TResult>(Tools tools) where TCommand : class
{
    private readonly List<string> topics = [];
    private AuditEvent entry = null!;

    /// <summary>Stable name of the act, registered by the module with its sentence.</summary>
    protected abstract string Name { get; }

    /// <summary>True for acts that a client may repeat with the same <c>Idempotency-Key</c> and be done once.</summary>
    protected virtual bool IsRepeatable => false;

    /// <summary>The context of this attempt, inside its transaction; fresh when the database asked for another attempt.</summary>
    protected SalusDb Db { get; private set; } = null!;
    protected Actor Actor => tools.Actor;

    /// <summary>The instant of the act.</summary>
    protected DateTime Now { get; private set; }
    protected TimeProvider Clock => tools.Clock;

    /// <summary>A context for looking something up outside the transaction, in <see cref="Prepare"/>.</summary>
    protected SalusDb OpenForReading() => tools.Database.Open(Actor.OrganisationId);

    /// <exception cref="Refusal">When the actor may not do this.</exception>
    protected abstract Task Authorize(TCommand command, CancellationToken ct);

    /// <summary>The business. Refuses with <see cref="Refusal"/>; saves nothing itself.</summary>
    protected abstract Task<TResult> Handle(TCommand command, CancellationToken ct);

    /// <summary>Slow work that needs no transaction, such as hashing a password. Runs before the database is held.</summary>
    protected virtual Task Prepare(TCommand command, CancellationToken ct) => Task.CompletedTask;

    /// <summary>Does it, durably, and returns its result.</summary>
    /// <exception cref="Refusal">The answer is no; nothing was written but the refusal's own audit row.</exception>
    public async Task<TResult> Run(TCommand command, CancellationToken ct)
    {
        Check(command);
        await Prepare(command, ct);
        try
        {
            var result = await Decided(command, ct);
            tools.Live.Changed(Actor.OrganisationId, topics);
            return result;
        }
        catch (DbUpdateConcurrencyException) { throw await Logged(Refusal.Stale()); }
        catch (Refusal refusal) when (ResultOf(refusal) is not null) { throw await Logged(refusal); }
    }

    /// <summary>
    /// Of two that write the same unique value at once, the database lets one through. The other looks once more: its
    /// Idempotency-Key may have been answered meanwhile, or the business knows better words for what it sees now.
    /// </summary>
    private async Task<TResult> Decided(TCommand command, CancellationToken ct)
    {
        for (var again = false; ; again = true)
        {
            try { return await tools.Database.Write(Actor.OrganisationId, db => Attempt(db, command, ct), ct); }
            catch (DbUpdateException error) when (tools.Database.IsUniqueViolation(error)) { if (again) throw Taken(); }
            // The same request may have been committed between the look for its answer and the look at the rows.
            catch (Refusal refusal) when (!again && Key is not null && refusal.Status == 409) { }
        }
    }

    private async Task<TResult> Attempt(SalusDb db, TCommand command, CancellationToken ct)
    {
        (Db, Now) = (db, Clock.Now());
        topics.Clear();
        entry = AuditEvent.By(Actor, Now, Name);
        Actor.RequireMayWrite();
        await Authorize(command, ct);
        if (await StoredAnswer(command, ct) is { } stored) return JsonSerializer.Deserialize<TResult>(stored)!;
        var result = await Handle(command, ct);
        db.Add(entry);
        if (Key is not null) StoreAnswer(command, result);
        await db.SaveChangesAsync(ct);
        if (entry.Subjects.Length == 0) return result;
        // By each of them the row is found; its number is known only now.
        foreach (var subject in entry.SubjectList().Distinct()) db.Add(new AuditSubject { SubjectId = subject, Seq = entry.Seq });
        await db.SaveChangesAsync(ct);
        return result;
    }

    private string? Key => IsRepeatable && Actor.Id is not null ? Actor.IdempotencyKey : null;

    private async Task<string?> StoredAnswer(TCommand command, CancellationToken ct)
    {
        if (Key is null) return null;
        var stored = await Db.Set<StoredAnswer>().AsNoTracking().FirstOrDefaultAsync(a => a.ActorId == Actor.Id && a.Key == Key, ct);
        if (stored is null) return null;
        if (stored.Action != Name || stored.RequestHash != HashOf(command))
            throw new Refusal(422, "idempotency.mismatch", "This Idempotency-Key was used for another request.");
        return stored.Answer;
    }

    private void StoreAnswer(TCommand command, TResult result) => Db.Add(new StoredAnswer
    {
        ActorId = Actor.Id!.Value, Key = Key!, Action = Name, RequestHash = HashOf(command), Answer = JsonSerializer.Serialize(result), At = Now,
    });

    private string HashOf(TCommand command) =>
        Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(new { Actor.OrganisationId, command })));

    private async Task<Refusal> Logged(Refusal refusal)
    {
        if (Actor.IsKnown) await tools.Audit.Refused(Actor, Name, refusal, entry?.SubjectKind ?? "", entry?.SubjectId, ResultOf(refusal));
        return refusal;
    }

    /// <summary>The result under which a refusal of <see cref="Authorize"/> or <see cref="Handle"/> stands in the log. Null: it leaves no row, as what only a form has to be told.</summary>
    protected virtual string? ResultOf(Refusal refusal) => refusal.Status is 402 or 403 or 404 or 409 ? refusal.Code : null;

    /// <summary>What to say when a unique constraint decided a race against this act.</summary>
    protected virtual Refusal Taken() => new(409, "taken", "Somebody else was first. Look again and repeat if it is still wanted.");

    /// <summary>Refuses with 403 unless the actor holds the permission.</summary>
    protected Task Require(string permission) => Actor.May(permission) ? Task.CompletedTask : throw Refusal.Forbidden();

    /// <summary>Refuses with 401 unless a person acts: what is one's own has no other permission.</summary>
    protected Task RequirePerson() => Actor.RequirePerson();

    /// <summary>Both: the permission, and a proof of who it is that is not older than ten minutes. For what must not be done at an unattended screen.</summary>
    protected async Task RequireProven(string permission)
    {
        await Require(permission);
        await RequireProof();
    }

    /// <summary>Refuses with 403 <c>proof.needed</c> unless the person has shown within ten minutes who it is.</summary>
    protected Task RequireProof() => Actor.RequireProof(Now);

    /// <summary>Names the subject of the audit row; <paramref name="detail"/> holds states and names of fields, never their contents.</summary>
    protected void Subject(string kind, Guid id, string detail = "", Guid? visit = null) =>
        (entry.SubjectKind, entry.SubjectId, entry.Detail, entry.VisitId) = (kind, id, detail.Length > 400 ? detail[..400] : detail, visit);

    /// <summary>The same for several of a kind.</summary>
    protected void Subjects(string kind, IReadOnlyCollection<Guid> ids, string detail = "")
    {
        entry.On(kind, ids);
        entry.Detail = detail.Length > 400 ? detail[..400] : detail;
    }

    /// <summary>The act belongs to this organisation and into its log although the route names none, as accepting an invitation does.</summary>
    protected void Within(Guid organisationId) => Db.OrganisationId = (entry.OrganisationId = organisationId).Value;

    /// <summary>Open pages on this topic fetch their fragment again after the commit.</summary>
    protected void Changed(string topic) => topics.Add(topic);

    private static void Check(TCommand command)
    {
        var results = new List<ValidationResult>();
        if (Validator.TryValidateObject(command, new ValidationContext(command), results, validateAllProperties: true)) return;
        throw Refusal.Fields(results.GroupBy(r => JsonNamingPolicy.CamelCase.ConvertName(r.MemberNames.FirstOrDefault() ?? ""))
            .ToDictionary(g => g.Key, g => g.Select(r => r.ErrorMessage ?? "This value does not fit.").ToArray()));
    }
}

/// <summary>A query by which a page that is open fetches again what it shows, as it does by itself whenever something changed.</summary>
public interface IRefreshable
{
    /// <summary>
    /// True: opening the page was logged already. It leaves a row only for what the log does not have from this reader yet: that a page was opened before is not taken from
    /// whoever says so.
    /// </summary>
    bool IsRefresh { get; }
}

/// <summary>
/// One read of personal data, with the same gate as a write. What was read is in the audit log before it is shown.
/// </summary>
public abstract class ReadModel<TQuery, TResult>(Tools tools) where TQuery : class
{
    protected abstract string Name { get; }
    protected Actor Actor => tools.Actor;
    protected TimeProvider Clock => tools.Clock;

    /// <exception cref="Refusal">When the actor may not read this.</exception>
    protected abstract Task Authorize(TQuery query, CancellationToken ct);

    protected abstract Task<TResult> Handle(SalusDb db, TQuery query, CancellationToken ct);

    /// <summary>Which subjects the answer shows: kind and ids. Null: nothing personal is in it, and nothing is logged.</summary>
    protected abstract (string Kind, IReadOnlyCollection<Guid> Ids)? Shown(TQuery query, TResult result);

    /// <exception cref="Refusal">The answer is no.</exception>
    public async Task<TResult> Run(TQuery query, CancellationToken ct)
    {
        try
        {
            await Authorize(query, ct);
            TResult result;
            await using (var db = tools.Database.Open(Actor.OrganisationId)) result = await Handle(db, query, ct);
            if (Shown(query, result) is { } shown) await (query is IRefreshable { IsRefresh: true } ? tools.Audit.ReadAgain(Actor, Name, shown.Kind, shown.Ids) : tools.Audit.Read(Actor, Name, shown.Kind, shown.Ids));
            return result;
        }
        catch (Refusal refusal) when (Actor.IsKnown && refusal.Status is 403 or 404)
        {
            await tools.Audit.Refused(Actor, Name, refusal);
            throw;
        }
        catch (Exception error) when (tools.Database.IsUnavailable(error)) { throw Refusal.Busy(); }
    }

    protected Task Require(string permission) => Actor.May(permission) ? Task.CompletedTask : throw Refusal.Forbidden();
    protected Task RequirePerson() => Actor.RequirePerson();
    protected Task RequireProof() => Actor.RequireProof(Clock.Now());
}
