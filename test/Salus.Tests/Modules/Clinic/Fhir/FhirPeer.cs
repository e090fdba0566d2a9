using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;

[assembly: AssemblyFixture(typeof(Salus.Tests.Fhir.FhirPeer))]

namespace Salus.Tests.Fhir;

/// <summary>A reader of FHIR that is not ours, in a process of its own: the official schema, and a client from npm.</summary>
public sealed class FhirPeer : IAsyncLifetime
{
    private readonly SemaphoreSlim turn = new(1);
    private Process? process;

    private static string Folder([System.Runtime.CompilerServices.CallerFilePath] string file = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, "../../../fhir"));

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    /// <summary>What the official schema says against it; nothing, when it fits.</summary>
    public async Task<IReadOnlyList<string>> Faults(JsonElement resource) =>
        [.. (await Ask(new JsonObject { ["act"] = "validate", ["resource"] = JsonNode.Parse(resource.GetRawText()) })).GetProperty("answer").EnumerateArray().Select(f => f.GetString()!)];

    /// <summary>Lets the client act; <c>answer</c>, or <c>error</c>, <c>status</c> and <c>data</c>.</summary>
    public Task<JsonElement> Client(Clinic clinic, string token, string act, object question)
    {
        var asked = JsonSerializer.SerializeToNode(question)!.AsObject();
        (asked["act"], asked["base"], asked["token"]) = (act, $"{clinic.Salus.Http.BaseAddress}fhir/{clinic.Slug}", token);
        return Ask(asked);
    }

    private async Task<JsonElement> Ask(JsonObject question)
    {
        await turn.WaitAsync();
        try
        {
            if (process is null)
            {
                process = Process.Start(new ProcessStartInfo("node", "server.js") { WorkingDirectory = Folder(), RedirectStandardOutput = true, RedirectStandardInput = true })!;
                Assert.Equal("ready", await process.StandardOutput.ReadLineAsync());
            }
            await process.StandardInput.WriteLineAsync(question.ToJsonString());
            await process.StandardInput.FlushAsync();
            using var answer = JsonDocument.Parse(await process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("The reader of FHIR has ended."));
            return answer.RootElement.Clone();
        }
        finally { turn.Release(); }
    }

    public ValueTask DisposeAsync()
    {
        if (process is not null)
        {
            process.StandardInput.Close();
            if (!process.WaitForExit(5000)) process.Kill();
            process.Dispose();
        }
        turn.Dispose();
        return ValueTask.CompletedTask;
    }
}
