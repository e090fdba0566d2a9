using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;
using Salus.Kernel;
using Salus.Kernel.Data;
using Salus.Modules.Files.Images;
using Salus.Modules.Files.Storage;
using Salus.Web;

namespace Salus.Modules.Files.Contract;

/// <summary>
/// Takes files in, before any transaction: streamed, limited in size while they are read, told by their content, pictures written anew, and
/// encrypted into the folder from the first byte on. No content ever lies anywhere in the clear, and no file is held in memory as a whole.
/// </summary>
public sealed class Uploads(LocalFolder folder, FileKeys keys, Database database, NodeLimits limits, Settings settings, IAntiforgery antiforgery, ILogger<Uploads> log)
{
    private const int MostFields = 64 * 1024;

    /// <summary>
    /// Everything a request brings: a form with files (of a page: with its token before the first file), or a body that is the file itself, named
    /// by <c>Content-Disposition</c> or the query's <c>name</c>.
    /// </summary>
    /// <exception cref="Refusal">413, 415 or 422 with a code <c>file.…</c>; nothing was kept then.</exception>
    public async Task<Upload> Receive(HttpRequest request, FilePlace place, Actor actor, CancellationToken ct)
    {
        limits.Take(settings.UploadLimit, actor.Id?.ToString() ?? RateLimits.Address(actor.Ip));
        if (MediaTypeHeaderValue.TryParse(request.ContentType, out var type) && type.MediaType.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase))
            return await ReceiveForm(request, HeaderUtilities.RemoveQuotes(type.Boundary).ToString(), place, actor, ct);
        if (!request.IsApi()) throw new Refusal(415, "media-type", "This kind of content is not understood here.");
        var declared = type?.MediaType.ToString() ?? "";
        var name = ContentDispositionHeaderValue.TryParse(request.Headers.ContentDisposition.ToString(), out var disposition) ? NameOf(disposition) : request.Query["name"].ToString();
        // A body without a name is called by its type.
        if (name.Length == 0) name = place.Types.FirstOrDefault(t => t.Mime == declared) is { } known ? "file." + known.Endings[0] : "";
        if (name.Length == 0) throw NotTaken(place);
        return new Upload([await Receive(request.Body, name, declared, place, actor, ct)], new Dictionary<string, string>());
    }

    private async Task<Upload> ReceiveForm(HttpRequest request, string boundary, FilePlace place, Actor actor, CancellationToken ct)
    {
        if (boundary.Length is 0 or > 100) throw Malformed();
        var (files, fields, room, isChecked) = (new List<ReceivedFile>(), new Dictionary<string, string>(), MostFields, request.IsApi());
        try
        {
            var reader = new MultipartReader(boundary, request.Body) { HeadersCountLimit = 8, HeadersLengthLimit = 8 * 1024 };
            while (await reader.ReadNextSectionAsync(ct) is { } section)
            {
                if (!ContentDispositionHeaderValue.TryParse(section.ContentDisposition, out var disposition)) throw Malformed();
                if (disposition.IsFileDisposition())
                {
                    if (!isChecked) await CheckToken(request, fields);
                    isChecked = true;
                    if (files.Count == place.MostFiles) throw new Refusal(422, "file.too-many", "At most {0} files at once.", place.MostFiles);
                    files.Add(await Receive(section.Body, NameOf(disposition), MediaTypeHeaderValue.TryParse(section.ContentType, out var type) ? type.MediaType.ToString() : "", place, actor, ct));
                }
                // Where no file was chosen, browsers send one without a name.
                else if (disposition.IsFormDisposition() && !disposition.FileName.HasValue) room -= await ReadField(section, HeaderUtilities.RemoveQuotes(disposition.Name).ToString(), fields, room, ct);
            }
            if (!isChecked) await CheckToken(request, fields);
            if (files.Count == 0) throw new Refusal(422, "file.none", "Choose a file first.");
            return new Upload(files, fields);
        }
        catch (Exception error)
        {
            foreach (var file in files) await file.DisposeAsync();
            if (error is InvalidDataException || (error is IOException and not BadHttpRequestException)) throw Malformed();
            throw;
        }
    }

    private static async Task<int> ReadField(MultipartSection section, string name, Dictionary<string, string> fields, int room, CancellationToken ct)
    {
        using var text = new MemoryStream();
        var buffer = new byte[4096];
        for (int read; (read = await section.Body.ReadAsync(buffer, ct)) > 0;)
        {
            if (text.Length + read > room) throw new Refusal(413, "too-large", "This is too large.");
            text.Write(buffer, 0, read);
        }
        fields[name] = System.Text.Encoding.UTF8.GetString(text.ToArray());
        return (int)text.Length + name.Length;
    }

    // Read here and not by the framework, which would first put the whole form, files and all, into a folder in the clear.
    private async Task CheckToken(HttpRequest request, Dictionary<string, string> fields)
    {
        if (fields.TryGetValue("__RequestVerificationToken", out var token)) request.Headers["RequestVerificationToken"] = token;
        else if (!request.Headers.ContainsKey("RequestVerificationToken")) throw new AntiforgeryValidationException("The form has no token before its first file.");
        await antiforgery.ValidateRequestAsync(request.HttpContext);
    }

    /// <summary>One file from a stream.</summary>
    /// <param name="name">As the sender calls it; only its ending and, cleaned, its last part are used.</param>
    /// <param name="declared">The type as which it was sent; empty when that was not said.</param>
    /// <exception cref="Refusal">413, 415 or 422 with a code <c>file.…</c>, or 503 when there is no room; nothing was kept then.</exception>
    public async Task<ReceivedFile> Receive(Stream content, string name, string declared, FilePlace place, Actor actor, CancellationToken ct)
    {
        name = FileNames.Clean(name);
        var ending = FileNames.Ending(name);
        var type = place.Types.FirstOrDefault(t => t.Endings.Contains(ending)) ?? throw NotTaken(place);
        if (!type.MayBeDeclared(declared.ToLowerInvariant())) throw Lies(place);
        if (type.IsPicture && !Pictures.CanRead) throw new Refusal(503, "file.pictures-off", "Pictures cannot be taken just now: the program that checks them is missing on the server.") { Unlock = "Tell whoever runs this installation; “salus check” says what is missing." };
        var file = new ReceivedFile(folder, database, place, name, type, actor.Id);
        try
        {
            await Take(content, file, place, ct);
            return file;
        }
        catch (Exception error)
        {
            await file.DisposeAsync();
            if (error is not LocalFailure failure) throw;
            log.LogError("An upload could not be kept in the folder of files: {Reason}", failure.InnerException!.GetType().Name);
            throw new Refusal(503, "file.no-room", "There is no room for files on the server just now. Nothing was kept.") { RetryAfter = 60, Unlock = "Tell whoever runs this installation." };
        }
    }

    private async Task Take(Stream content, ReceivedFile file, FilePlace place, CancellationToken ct)
    {
        // A picture as it came is only a draft, under a key and a name of its own; what is kept is written anew from it, under another key.
        var (id, key, head) = (file.Type.IsPicture ? Guid.CreateVersion7() : file.Id, FileKeys.Fresh(), new MemoryStream());
        try
        {
            var (bytes, sealedBytes, hashes) = await Write(id, key, async writer =>
            {
                var buffer = new byte[64 * 1024];
                for (int read; (read = await content.ReadAsync(buffer, ct)) > 0;)
                {
                    if (writer.Bytes + read > place.MostBytes) throw new Refusal(413, "file.too-large", "A file may have at most {0} MB.", place.MostBytes / (1024 * 1024));
                    if (head.Length < FileType.HeadBytes) head.Write(buffer, 0, Math.Min(read, FileType.HeadBytes - (int)head.Length));
                    Locally(() => writer.Write(buffer.AsSpan(0, read)));
                }
            });
            if (bytes == 0) throw new Refusal(422, "file.empty", "This file is empty.");
            SealedReader Open() => new((from, _) => Task.FromResult<Stream>(folder.Open(id, from)), key, id, bytes);
            if (FileType.Sniff(head.ToArray(), Open) != file.Type) throw Lies(place);
            if (file.Type.IsPicture) await TakePicture(file, Open, place.ImagePixels, ct);
            else (file.Bytes, file.SealedBytes, file.Sha256, file.SealedSha256, file.WrappedKey) = (bytes, sealedBytes, hashes.Content, hashes.Blob, keys.Wrap(key, file.Id));
        }
        finally { if (id != file.Id) folder.Delete(id); }
    }

    private async Task TakePicture(ReceivedFile file, Func<SealedReader> draft, int? pixels, CancellationToken ct)
    {
        var key = FileKeys.Fresh();
        try
        {
            var (bytes, sealedBytes, hashes) = await Write(file.Id, key, async writer => (file.Width, file.Height) = await Pictures.Rewrite(draft, file.Type, pixels, writer, ct));
            (file.Bytes, file.SealedBytes, file.Sha256, file.SealedSha256, file.WrappedKey) = (bytes, sealedBytes, hashes.Content, hashes.Blob, keys.Wrap(key, file.Id));
            SealedReader Open() => new((from, _) => Task.FromResult<Stream>(folder.Open(file.Id, from)), key, file.Id, bytes);
            file.Preview = FileKeys.SealSmall(key, await Pictures.Preview(Open, ct));
        }
        catch (OverflowException) { throw new Refusal(422, "file.picture-size", "This picture has too many points. Send a smaller one."); }
        catch (InvalidDataException) { throw new Refusal(422, "file.picture", "This picture cannot be read. It may be damaged."); }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException) { throw new LocalFailure(error); }
    }

    private async Task<(long Bytes, long SealedBytes, (string Content, string Blob) Hashes)> Write(Guid id, byte[] key, Func<SealedWriter, Task> fill)
    {
        FileStream? stream = null;
        try
        {
            Locally(() => stream = folder.Create(id));
            using var writer = new SealedWriter(stream!, key, id);
            await fill(writer);
            (string, string) hashes = default;
            // Before a row speaks of it, it is on the disk.
            Locally(() => { hashes = writer.Finish(); stream!.Flush(flushToDisk: true); });
            return (writer.Bytes, writer.SealedBytes, hashes);
        }
        finally { if (stream is not null) await stream.DisposeAsync(); }
    }

    private static void Locally(Action write)
    {
        try { write(); }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException) { throw new LocalFailure(error); }
    }

    private static string NameOf(ContentDispositionHeaderValue disposition) => HeaderUtilities.RemoveQuotes(disposition.FileNameStar.HasValue ? disposition.FileNameStar : disposition.FileName).ToString();

    private static Refusal Malformed() => new(400, "malformed", "The request could not be understood.");
    private static Refusal NotTaken(FilePlace place) => new(415, "file.type", "This kind of file is not taken here. Taken are: {0}.", place.Titles);
    private static Refusal Lies(FilePlace place) => new(415, "file.type", "The content of this file is not what its name says. Taken are: {0}.", place.Titles);

    /// <summary>The folder failed, not the sender.</summary>
    private sealed class LocalFailure(Exception because) : Exception("The folder of files failed.", because);
}

public static class UploadRoutes
{
    /// <summary>A route that takes files: bodies up to 50 MB, each file limited by its place.</summary>
    public static RouteHandlerBuilder TakesFiles(this RouteHandlerBuilder endpoint) =>
        endpoint.WithMetadata(new RequestSizeLimitAttribute(FilePlace.MostRequest)).Refuses("file.too-large", "file.type", "file.empty", "file.none", "file.picture", "file.picture-size", "file.too-many", "file.pictures-off", "file.no-room");
}
