using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace Salus.Web;

/// <summary>Addresses of static files with a fingerprint of their content, so that browsers may keep them for a year.</summary>
public sealed class Assets(IWebHostEnvironment environment)
{
    private readonly ConcurrentDictionary<string, string> known = new();

    /// <summary>The address of a file below wwwroot, such as <c>css/salus.css</c>.</summary>
    public string this[string path] => known.GetOrAdd(path, Find);

    private string Find(string path)
    {
        var file = environment.WebRootFileProvider.GetFileInfo(path);
        if (!file.Exists) return "/" + path;
        using var content = file.CreateReadStream();
        return $"/{path}?v={Convert.ToHexStringLower(SHA256.HashData(content))[..12]}";
    }

    public static StaticFileOptions Served(Assets assets) => new()
    {
        OnPrepareResponse = answer =>
        {
            var path = answer.Context.Request.Path.Value!.TrimStart('/');
            var isFingerprinted = assets[path] == $"/{path}{answer.Context.Request.QueryString}";
            answer.Context.Response.Headers.CacheControl = isFingerprinted ? "public, max-age=31536000, immutable" : "no-cache";
        },
    };
}

/// <summary>Tabler's outline icons as SVG text, read once.</summary>
public sealed class Icons(IWebHostEnvironment environment)
{
    private readonly ConcurrentDictionary<string, string> known = new();

    public string Get(string name) => known.GetOrAdd(name, n =>
    {
        var file = environment.WebRootFileProvider.GetFileInfo($"lib/icons/{n}.svg");
        if (!file.Exists) return "";
        using var reader = new StreamReader(file.CreateReadStream());
        var svg = reader.ReadToEnd();
        return svg[svg.IndexOf("<svg", StringComparison.Ordinal)..].Replace("<svg", "<svg aria-hidden=\"true\" focusable=\"false\"", StringComparison.Ordinal);
    });
}
