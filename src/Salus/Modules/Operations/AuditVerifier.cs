using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Kernel.Audit;
using Salus.Kernel.Data;

namespace Salus.Modules.Operations;

/// <param name="Faults">Empty when every sealed row is there and unchanged.</param>
/// <param name="Rows">Sealed rows that were checked.</param>
/// <param name="Unsealed">Rows so new that no seal covers them yet.</param>
/// <param name="Erased">Seals whose rows were erased by rule because their time was over.</param>
public sealed record AuditVerdict(IReadOnlyList<string> Faults, long Seals, long Rows, long Unsealed, long Erased);

/// <summary>Checks the whole audit log against its seals: changed, missing, added rows, a broken chain, a cut tail.</summary>
public sealed class AuditVerifier(Database database, AuditKey key, AuditSealer sealer, TimeProvider clock)
{
    private const int MostFaults = 20;

    public async Task<AuditVerdict> Run(CancellationToken ct)
    {
        var faults = new List<string>();
        var head = ReadHead(); // before the seals: one that is made meanwhile is no fault
        await using var db = database.Open();
        var erasedUpTo = await AuditPurge.ErasedUpTo(db, ct);
        var (expected, previous, bound, rows, no) = (1L, new string('0', 64), 0L, 0L, 0L);
        await foreach (var seal in db.Set<AuditSeal>().AsNoTracking().OrderBy(s => s.No).AsAsyncEnumerable().WithCancellation(ct))
        {
            if (faults.Count >= MostFaults) break;
            if (seal.No != expected) faults.Add($"seal {expected} is missing");
            if (seal.Previous != previous && seal.No == expected) faults.Add($"seal {seal.No} does not continue the seal before it");
            if (!AuditKey.Verify(key.PublicPem, seal.Canonical(), seal.Signature)) faults.Add($"seal {seal.No} has a wrong signature");
            if (seal.No == head?.No && AuditSealer.Hash(seal) != head.Value.Hash) faults.Add($"seal {seal.No} is not the one that was made");
            // Whoever can write to the database can also write the row that says what was erased; young rows stay accounted for.
            if (seal.No > erasedUpTo || seal.At > clock.Now().AddYears(-AuditPurge.LeastYears)) rows += await CheckRows(seal, bound, faults, ct);
            (expected, previous, bound, no) = (seal.No + 1, AuditSealer.Hash(seal), seal.Bound, seal.No);
        }
        CheckHead(head ?? ReadHead(), no, faults); // the very first seal may be made while this looks
        var unsealed = await AuditSealer.Batch(db, bound, long.MaxValue).CountAsync(ct);
        return new(faults, no, rows, unsealed, Math.Min(erasedUpTo, no));
    }

    private async Task<int> CheckRows(AuditSeal seal, long from, List<string> faults, CancellationToken ct)
    {
        await using var db = database.Open();
        var rows = await AuditSealer.Batch(db, from, seal.Bound).ToListAsync(ct);
        if (rows.Count != seal.Count) faults.Add($"seal {seal.No} covers {seal.Count} rows, {rows.Count} are there");
        else if (Merkle.Root(rows.Select(r => r.Canonical())) != seal.Root) faults.Add($"a row under seal {seal.No} was changed");
        await CheckSubjects(db, seal, rows, faults, ct);
        return rows.Count;
    }

    // A read that cannot be found by its subject is as good as hidden.
    private static async Task CheckSubjects(SalusDb db, AuditSeal seal, List<AuditEvent> rows, List<string> faults, CancellationToken ct)
    {
        foreach (var part in rows.Where(r => r.Subjects.Length > 0).Chunk(100))
        {
            var seqs = part.Select(r => r.Seq).ToList();
            var subjects = part.SelectMany(r => r.SubjectList()).Distinct().ToList();
            var kept = await db.Set<AuditSubject>().AsNoTracking().Where(s => subjects.Contains(s.SubjectId) && seqs.Contains(s.Seq)).CountAsync(ct);
            if (kept != part.Sum(r => r.SubjectList().Distinct().Count())) faults.Add($"subjects under seal {seal.No} cannot be found");
        }
    }

    private (long No, string Hash)? ReadHead()
    {
        if (!File.Exists(sealer.HeadFile)) return null;
        var parts = File.ReadAllText(sealer.HeadFile).Split(' ', StringSplitOptions.TrimEntries);
        return parts.Length == 2 && long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var no) ? (no, parts[1]) : (0, "");
    }

    private static void CheckHead((long No, string Hash)? head, long no, List<string> faults)
    {
        if (head is null && no > 0) faults.Add("the file audit-head is missing: a cut tail would not show");
        else if (head is { No: 0 }) faults.Add("the file audit-head cannot be read: a cut tail would not show");
        else if (head?.No > no) faults.Add($"the log ends at seal {no}, but seal {head.Value.No} was made: its tail was cut");
    }
}

/// <summary>Erases whole sealed batches that are older than the time audit rows are kept. The seals stay.</summary>
public static class AuditPurge
{
    public const string Action = "audit.purge";

    /// <summary>Younger rows are never erased: the tables' triggers refuse it too.</summary>
    public const int LeastYears = 2;

    /// <summary>The last seal whose rows were erased by rule; 0: none. Read from the log itself, whose row is sealed like any other.</summary>
    public static async Task<long> ErasedUpTo(SalusDb db, CancellationToken ct)
    {
        var detail = await db.Set<AuditEvent>().AsNoTracking().Where(e => e.Action == Action && e.ActorKind == ActorKind.System).OrderByDescending(e => e.Seq).Select(e => e.Detail).FirstOrDefaultAsync(ct);
        return long.TryParse(detail, NumberStyles.None, CultureInfo.InvariantCulture, out var no) ? no : 0;
    }
}
