using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Kernel.Data;
using Salus.Modules.Payments.Charges;

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

/// <summary>A row that is found by its payer's name or number.</summary>
public interface INamesPayer : IOfPayer
{
    string PayerNumber { get; }

    /// <summary>Folded name and number, each word with a space before it.</summary>
    string SearchText { get; }
}

/// <summary>A module that knows payers of one kind: this module may not name it.</summary>
public interface IPayerSource
{
    PayerKind Kind { get; }

    /// <summary>The payer, when the actor may see it; null otherwise, also for those of other organisations.</summary>
    Task<Payer?> Find(SalusDb db, Actor actor, Guid id, CancellationToken ct);

    /// <summary>The payers of this kind whose names the actor may not see, such as patients whose record is restricted; null: there is none.</summary>
    IQueryable<Guid>? Hidden(SalusDb db, Actor actor);

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

    /// <summary>The same; and who cannot be seen, as a patient whose record is restricted, by the name under which something was charged here: who stands at the desk can always pay. What is shown of it goes under a <see cref="Veil"/>.</summary>
    /// <exception cref="Refusal">404 when nothing was ever charged either.</exception>
    public async Task<Payer> FindToPay(SalusDb db, Actor actor, PayerKind kind, Guid id, CancellationToken ct)
    {
        foreach (var source in sources.Where(s => s.Kind == kind))
            if (await source.Find(db, actor, id, ct) is { } payer) return payer;
        return await db.Charges.Where(c => c.PayerId == id && c.PayerKind == kind).OrderByDescending(c => c.Id).Select(c => new Payer(c.PayerKind, c.PayerId, c.PayerName, c.PayerNumber, "")).FirstOrDefaultAsync(ct) ?? throw Refusal.NotFound();
    }

    /// <summary>Of these payers those whose names the actor may not see, by one query.</summary>
    public async Task<Veil> Veil(SalusDb db, Actor actor, IEnumerable<Guid> payers, CancellationToken ct)
    {
        var ids = payers.Distinct().ToList();
        var hidden = new HashSet<Guid>();
        foreach (var source in ids.Count == 0 ? [] : sources)
            if (source.Hidden(db, actor) is { } rows) hidden.UnionWith(await rows.Where(id => ids.Contains(id)).ToListAsync(ct));
        return new(hidden);
    }

    /// <summary>What a search by name finds: who may not see a payer's name cannot try it out, only the whole number.</summary>
    public IQueryable<T> Named<T>(IQueryable<T> rows, SalusDb db, Actor actor, string? q) where T : class, INamesPayer
    {
        var words = Lists.Patterns(q).ToList();
        if (words.Count == 0) return rows;
        foreach (var word in words) rows = rows.Where(r => r.SearchText.Contains(word));
        var number = Text.Clean(q).ToUpperInvariant();
        foreach (var source in sources)
            if (source.Hidden(db, actor) is { } hidden) rows = rows.Where(r => r.PayerNumber == number || !hidden.Contains(r.PayerId));
        return rows;
    }

    public async Task<IReadOnlyList<Payer>> Search(SalusDb db, Actor actor, string q, CancellationToken ct)
    {
        var found = new List<Payer>();
        foreach (var source in sources) found.AddRange(await source.Search(db, actor, q, ct));
        return found;
    }
}
