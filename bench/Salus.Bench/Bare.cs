using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Salus.Bench;

/// <summary>A bare endpoint that returns the bytes of a file: what an answer costs with no program behind it. A process of its own, so that its cost can be counted.</summary>
public static class Bare
{
    public static async Task<int> Run(int port, string file)
    {
        var bytes = await File.ReadAllBytesAsync(file);
        const string tag = "\"same\"";
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(k => k.ListenLocalhost(port));
        var app = builder.Build();
        app.MapGet("/bare", (HttpContext http) =>
        {
            http.Response.Headers.ETag = tag;
            return http.Request.Headers.IfNoneMatch == tag ? Results.StatusCode(304) : Results.Bytes(bytes, "application/json");
        });
        await app.RunAsync();
        return 0;
    }
}
