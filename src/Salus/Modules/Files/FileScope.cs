using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Kernel.Data;
using Salus.Modules.Files.Contract;

namespace Salus.Modules.Files;

/// <summary>Finds files through the guards of their places.</summary>
public sealed class FileScope(IEnumerable<IFileGuard> guards, FilePlaces places)
{
    private readonly Dictionary<string, IFileGuard> byPlace = guards.ToDictionary(g => g.Place);

    /// <summary>The file, tracked.</summary>
    /// <exception cref="Refusal">404 when the actor may not read it, or its guard is gone.</exception>
    public async Task<StoredFile> Find(SalusDb db, Actor actor, Guid id, CancellationToken ct)
    {
        var file = await db.Files.FirstOrDefaultAsync(f => f.Id == id, ct) ?? throw Refusal.NotFound();
        return await MayRead(db, actor, file, ct) ? file : throw Refusal.NotFound();
    }

    public async Task<bool> MayRead(SalusDb db, Actor actor, StoredFile file, CancellationToken ct) =>
        byPlace.TryGetValue(file.Place, out var guard) ? await guard.MayRead(db, actor, file, ct) : places.Find(file.Place)?.IsPublic == true;

    /// <exception cref="Refusal">404 when the actor may not read it, 403 when it may but not move it to the trash or back.</exception>
    public async Task<StoredFile> FindToTrash(SalusDb db, Actor actor, Guid id, CancellationToken ct)
    {
        var file = await Find(db, actor, id, ct);
        return byPlace.TryGetValue(file.Place, out var guard) && await guard.MayTrash(db, actor, file, ct) ? file : throw Refusal.Forbidden();
    }
}
