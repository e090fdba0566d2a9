using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Kernel.Data;
using Salus.Modules.Files.Contract;

namespace Salus.Modules.Files.Storage;

/// <summary>All stores, and which of them a file belongs into: the organisation's own choice, else what the installation set.</summary>
public sealed class FileStores(IEnumerable<FileStore> stores, Settings settings)
{
    private readonly Dictionary<string, FileStore> byKey = stores.ToDictionary(s => s.Key);
    private readonly IReadOnlyDictionary<string, string> rules = Rules(settings.FilesStore);

    /// <summary>Those that can be chosen.</summary>
    public IEnumerable<FileStore> Set => byKey.Values.Where(s => s.IsSet);

    public FileStore this[string key] => byKey[key];

    /// <summary>The store for a new file. One that was chosen and is no longer set up gets nothing: the file stays here.</summary>
    public async Task<string> For(SalusDb db, string slug, string place, CancellationToken ct)
    {
        var own = await db.Set<StoreChoice>().AsNoTracking().Where(c => c.Place == place || c.Place == "").OrderByDescending(c => c.Place).Select(c => c.Store).FirstOrDefaultAsync(ct);
        var key = own ?? ByRule(slug, place);
        return byKey.TryGetValue(key, out var store) && store.IsSet ? key : LocalFolder.StoreKey;
    }

    /// <summary>What the installation set: the most particular rule counts.</summary>
    public string ByRule(string slug, string place) =>
        rules.GetValueOrDefault($"{slug}/{place}") ?? rules.GetValueOrDefault(slug) ?? rules.GetValueOrDefault(place) ?? rules[""];

    /// <summary>Reads <c>local prescription-image=drive rossi=s3</c>.</summary>
    /// <exception cref="FormatException">It names a store that there is not.</exception>
    public static IReadOnlyDictionary<string, string> Rules(string text)
    {
        var rules = new Dictionary<string, string> { [""] = LocalFolder.StoreKey };
        foreach (var part in text.Split((char[])[' ', ','], StringSplitOptions.RemoveEmptyEntries))
        {
            var (name, store) = part.Split('=') switch { [var only] => ("", only), [var left, var right] => (left, right), _ => ("", "?") };
            if (store is not ("local" or "s3" or "drive")) throw new FormatException($"SALUS_FILES_STORE: '{part}' names no store; there are local, s3 and drive.");
            rules[name] = store;
        }
        return rules;
    }
}
