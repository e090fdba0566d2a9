using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Salus.Kernel.Data;
using Salus.Modules.Clinic.Encounters;
using Salus.Modules.Payments.Contract;

namespace Salus.Modules.Clinic.Patients.Merging;

/// <summary>
/// The rows of one table that say by <c>PatientId</c>, or by <c>PayerId</c> as what is owed and paid, whose they are. Every such table is found in the model itself: one that is added later is moved by a merge without anybody thinking of it.
/// </summary>
public abstract class PersonRows(string table, string key)
{
    private const string Patient = "PatientId";
    private const int Chunk = 500;
    private static readonly ConcurrentDictionary<IModel, IReadOnlyList<PersonRows>> Known = new();

    public string Table { get; } = table;

    /// <summary>The column that says whose a row is.</summary>
    public string Key { get; } = key;

    /// <summary>All tables, those first that others point to: a visit's row is waited for before what was written in it is looked for.</summary>
    public static IReadOnlyList<PersonRows> Of(SalusDb db) => Known.GetOrAdd(db.Model, static model =>
    [
        .. model.GetEntityTypes().Where(IsOne).OrderBy(Depth).ThenBy(e => e.GetTableName(), StringComparer.Ordinal)
            .Select(e => (PersonRows)Activator.CreateInstance(typeof(RowsOf<>).MakeGenericType(e.ClrType), e.GetTableName(), KeyOf(e))!),
    ]);

    private static bool IsOne(IEntityType entity) =>
        entity.FindProperty(KeyOf(entity))?.ClrType == typeof(Guid) && entity.FindPrimaryKey() is { Properties: [{ Name: "Id" } id] } && id.ClrType == typeof(Guid);

    // An id is given once: the payer with a patient's id is that patient.
    private static string KeyOf(IEntityType entity) => typeof(IOfPayer).IsAssignableFrom(entity.ClrType) ? nameof(IOfPayer.PayerId) : Patient;

    private static int Depth(IEntityType entity) =>
        entity.GetForeignKeys().Where(k => k.PrincipalEntityType != entity && IsOne(k.PrincipalEntityType)).Select(k => Depth(k.PrincipalEntityType) + 1).DefaultIfEmpty(0).Max();

    public abstract Task<int> Count(SalusDb db, Guid patientId, CancellationToken ct);
    public abstract Task<List<Guid>> Ids(SalusDb db, Guid patientId, CancellationToken ct);

    /// <summary>Moves those of the rows that are still the first patient's.</summary>
    public async Task Move(SalusDb db, IReadOnlyCollection<Guid> rows, Guid from, Guid to, CancellationToken ct)
    {
        foreach (var some in rows.Chunk(Chunk)) await MoveSome(db, some, from, to, ct);
    }

    /// <summary>Moves what was written in visits; nothing, when these are no rows of visits.</summary>
    public async Task MoveWithVisits(SalusDb db, IReadOnlyCollection<Guid> visits, Guid from, Guid to, CancellationToken ct)
    {
        foreach (var some in visits.Chunk(Chunk)) await MoveOfVisits(db, some, from, to, ct);
    }

    protected abstract Task MoveSome(SalusDb db, Guid[] rows, Guid from, Guid to, CancellationToken ct);
    protected abstract Task MoveOfVisits(SalusDb db, Guid[] visits, Guid from, Guid to, CancellationToken ct);

    private sealed class RowsOf<T>(string table, string key) : PersonRows(table, key) where T : class
    {
        private IQueryable<T> Rows(SalusDb db, Guid patientId) => db.Set<T>().Where(r => EF.Property<Guid>(r, Key) == patientId);

        public override Task<int> Count(SalusDb db, Guid patientId, CancellationToken ct) => Rows(db, patientId).CountAsync(ct);
        public override Task<List<Guid>> Ids(SalusDb db, Guid patientId, CancellationToken ct) => Rows(db, patientId).Select(r => EF.Property<Guid>(r, "Id")).ToListAsync(ct);

        protected override Task MoveSome(SalusDb db, Guid[] rows, Guid from, Guid to, CancellationToken ct) =>
            Rows(db, from).Where(r => rows.Contains(EF.Property<Guid>(r, "Id"))).ExecuteUpdateAsync(set => set.SetProperty(r => EF.Property<Guid>(r, Key), to), ct);

        protected override Task MoveOfVisits(SalusDb db, Guid[] visits, Guid from, Guid to, CancellationToken ct) => !typeof(IOfEncounter).IsAssignableFrom(typeof(T)) ? Task.CompletedTask
            : Rows(db, from).Where(r => visits.Contains(EF.Property<Guid>(r, nameof(IOfEncounter.EncounterId)))).ExecuteUpdateAsync(set => set.SetProperty(r => EF.Property<Guid>(r, Key), to), ct);
    }
}
