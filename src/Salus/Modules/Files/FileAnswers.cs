using Microsoft.Net.Http.Headers;
using Salus.Modules.Files.Contract;
using Salus.Modules.Files.Storage;

namespace Salus.Modules.Files;

/// <summary>Sends content. It can never act as a page of ours: a type of its own, no guessing, no script, and all but pictures are saved rather than shown.</summary>
public static class FileAnswers
{
    private const string Csp = "default-src 'none'; sandbox; frame-ancestors 'none'";

    public static async Task<IResult> Send(HttpContext http, Blobs blobs, StoredFile file, bool isPublic = false)
    {
        var headers = http.Response.Headers;
        var content = await blobs.OpenForReader(file, http.RequestAborted);
        headers.ContentSecurityPolicy = Csp;
        headers.CacheControl = isPublic ? "public, max-age=604800" : "private, no-store";
        var disposition = new ContentDispositionHeaderValue(file.Kind.IsPicture ? "inline" : "attachment");
        disposition.SetHttpFileName(file.Name);
        headers.ContentDisposition = disposition.ToString();
        return Results.Stream(content, file.Kind.Mime, lastModified: isPublic ? new DateTimeOffset(file.CreatedAt, TimeSpan.Zero) : null, entityTag: new EntityTagHeaderValue($"\"{file.Sha256}\""), enableRangeProcessing: true);
    }
}
