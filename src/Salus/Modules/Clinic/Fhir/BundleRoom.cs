using System.IO.Pipelines;
using System.Text.Json;
using Salus.Modules.Clinic.Fhir.Model;

namespace Salus.Modules.Clinic.Fhir;

/// <summary>
/// Where bundles are made, two at a time for each processor. A bundle of a thousand resources takes megabytes until it is text; its place is free
/// again when it is, and sending needs none, so that a slow reader holds nobody up.
/// </summary>
public sealed class BundleRoom : IDisposable
{
    private readonly SemaphoreSlim places = new(2 * Environment.ProcessorCount);

    internal async Task Answer(HttpContext http, Func<Task<Resource>> read, CancellationToken ct)
    {
        // Without a bound: who writes never waits for who sends.
        var text = new Pipe(new PipeOptions(pauseWriterThreshold: 0, minimumSegmentSize: 32 * 1024));
        await places.WaitAsync(ct);
        try
        {
            await JsonSerializer.SerializeAsync(text.Writer, await read(), FhirFormat.Written, ct);
            await text.Writer.CompleteAsync();
        }
        finally { places.Release(); }
        http.Response.ContentType = FhirFormat.Type;
        try { await text.Reader.CopyToAsync(http.Response.BodyWriter, ct); }
        finally { await text.Reader.CompleteAsync(); }
    }

    public void Dispose() => places.Dispose();
}
