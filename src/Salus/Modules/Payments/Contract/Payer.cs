using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Kernel.Data;

namespace Salus.Modules.Payments.Contract;

/// <summary>What kind of row owes or pays.</summary>
public enum PayerKind { Patient, Account, Member, Insurer, Other }

/// <summary>Who owes or pays, with the name it had then: papers say what was true on their day.</summary>
/// <param name="Number">What the organisation knows it by, such as a registration number; may be empty.</param>
/// <param name="Email">Where papers go; may be empty.</param>
public sealed record Payer(PayerKind Kind, Guid Id, string Name, string Number = "", string Email = "");

/// <summary>
/// A row that says by <see cref="PayerId"/> who owes or pays. Where two payers turn out to be one, as merged patients are, every table whose rows
/// implement this is moved to the one who stays; nothing here keeps a payer only once.
/// </summary>
public interface IOfPayer
{
    PayerKind PayerKind { get; }
    Guid PayerId { get; }
}

/// <summary>A module that knows payers of one kind: this module may not name it.</summary>
public interface IPayerSource
{
    PayerKind Kind { get; }

    /// <summary>The payer, when the actor may see it; null otherwise, also for those of other organisations.</summary>
    Task<Payer?> Find(SalusDb db, Actor actor, Guid id, CancellationToken ct);

    /// <summary>At most ten by name or number, for the search box of the cash desk.</summary>
    Task<IReadOnlyList<Payer>> Search(SalusDb db, Actor actor, string q, CancellationToken ct);
}

/// <summary>Payers of every kind that some module knows.</summary>
public sealed class Payers(IEnumerable<IPayerSource> sources)
{
    /// <exception cref="Refusal">404 when nobody knows it, or the actor may not see it.</exception>
    public async Task<Payer> Find(SalusDb db, Actor actor, PayerKind kind, Guid id, CancellationToken ct)
    {
        foreach (var source in sources.Where(s => s.Kind == kind))
            if (await source.Find(db, actor, id, ct) is { } payer) return payer;
        throw Refusal.NotFound();
    }

    /// <summary>The same; and who cannot be seen, as a patient whose record is restricted, by the name under which something was charged here: who stands at the desk can always pay.</summary>
    /// <exception cref="Refusal">404 when nothing was ever charged either.</exception>
    public async Task<Payer> FindToPay(SalusDb db, Actor actor, PayerKind kind, Guid id, CancellationToken ct)
    {
        foreach (var source in sources.Where(s => s.Kind == kind))
            if (await source.Find(db, actor, id, ct) is { } payer) return payer;
        return await db.Charges.Where(c => c.PayerId == id && c.PayerKind == kind).OrderByDescending(c => c.Id).Select(c => new Payer(c.PayerKind, c.PayerId, c.PayerName, c.PayerNumber, "")).FirstOrDefaultAsync(ct) ?? throw Refusal.NotFound();
    }

    public async Task<IReadOnlyList<Payer>> Search(SalusDb db, Actor actor, string q, CancellationToken ct)
    {
        var found = new List<Payer>();
        foreach (var source in sources) found.AddRange(await source.Search(db, actor, q, ct));
        return found;
    }
}
