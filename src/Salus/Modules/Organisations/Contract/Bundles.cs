using System.Collections.Concurrent;
using System.Collections.Frozen;

namespace Salus.Modules.Organisations.Contract;

/// <summary>Which permissions roles bundle: standard ones by the modules' manifests, own ones by their rows.</summary>
public sealed class Bundles(Kernel.Modules modules)
{
    private readonly ConcurrentDictionary<string, FrozenSet<string>> known = new();

    /// <summary>The permissions of standard roles, as a row keeps their keys.</summary>
    public FrozenSet<string> Of(string? roles) => string.IsNullOrEmpty(roles) ? [] : known.GetOrAdd(roles, key =>
    {
        var held = Role.Split(key);
        return modules.Permissions.Values.Where(p => p.Roles.Any(held.Contains)).Select(p => p.Key).ToFrozenSet();
    });

    /// <summary>The same with own roles among them.</summary>
    public FrozenSet<string> Of(string? roles, IEnumerable<OwnRole> own)
    {
        var held = Role.Split(roles);
        var more = Declared(own.Where(o => held.Contains(o.Key)).SelectMany(o => o.List));
        var standard = Of(string.Join(' ', held.Where(r => !Role.IsOwn(r))));
        return more.Count == 0 ? standard : standard.Union(more).ToFrozenSet();
    }

    /// <summary>Those of the keys that some module declares today.</summary>
    public FrozenSet<string> Declared(IEnumerable<string> permissions) => permissions.Where(modules.Permissions.ContainsKey).ToFrozenSet();
}
