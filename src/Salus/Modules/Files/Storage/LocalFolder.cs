using Salus.Kernel;
using Salus.Kernel.Audit;
using Salus.Modules.Files.Contract;

namespace Salus.Modules.Files.Storage;

/// <summary>
/// The folder of blobs: where every upload is first, where it stays when the local store is chosen, and where it waits while a remote one is away.
/// Names are ids; nothing a sender says becomes a part of a path.
/// </summary>
public sealed class LocalFolder(Settings settings) : FileStore
{
    public const string StoreKey = "local";
    private const string Ending = ".blob";

    public override string Key => StoreKey;
    public override bool IsSet => true;

    public string Root { get; } = settings.FilesFolder;

    public string PathOf(Guid file) => Path.Combine(Root, file.ToString("N")[^2..], file.ToString("N") + Ending);

    public bool Has(Guid file) => File.Exists(PathOf(file));

    /// <summary>A new blob, closed to all other users of the machine.</summary>
    public FileStream Create(Guid file)
    {
        var path = PathOf(file);
        KeyFile.MakeFolder(Path.GetDirectoryName(path)!);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, BufferSize = 0 };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return new FileStream(path, options);
    }

    /// <exception cref="FileNotFoundException">It is not in this folder.</exception>
    public FileStream Open(Guid file, long from = 0)
    {
        try
        {
            var stream = new FileStream(PathOf(file), new FileStreamOptions { Mode = FileMode.Open, Access = FileAccess.Read, Share = FileShare.Read | FileShare.Delete, BufferSize = 0, Options = FileOptions.Asynchronous });
            stream.Position = from;
            return stream;
        }
        catch (DirectoryNotFoundException) { throw new FileNotFoundException("No such blob."); }
    }

    public void Delete(Guid file)
    {
        try { File.Delete(PathOf(file)); }
        catch (DirectoryNotFoundException) { }
    }

    /// <summary>The ids of all blobs whose files were last written before an instant.</summary>
    public IEnumerable<Guid> WrittenBefore(DateTime at)
    {
        if (!Directory.Exists(Root)) yield break;
        foreach (var folder in Directory.EnumerateDirectories(Root))
            foreach (var path in Directory.EnumerateFiles(folder, "*" + Ending))
                if (Guid.TryParseExact(Path.GetFileNameWithoutExtension(path), "N", out var id) && File.GetLastWriteTimeUtc(path) < at) yield return id;
    }

    /// <summary>It is here from the moment it came.</summary>
    public override Task<RemoteFile> Put(StoredFile file, Func<Stream> open, CancellationToken ct) => Task.FromResult(new RemoteFile(""));

    public override Task<Stream> Open(StoredFile file, long from, CancellationToken ct)
    {
        try { return Task.FromResult<Stream>(Open(file.Id, from)); }
        catch (FileNotFoundException error) { throw new StoreFault("missing", concernsStore: false, because: error); }
    }

    public override Task Delete(StoredFile file, CancellationToken ct)
    {
        Delete(file.Id);
        return Task.CompletedTask;
    }

    public override Task Check(CancellationToken ct)
    {
        var probe = Path.Combine(Root, "." + Guid.NewGuid().ToString("N"));
        try
        {
            KeyFile.MakeFolder(Root);
            File.WriteAllBytes(probe, [1]);
            File.Delete(probe);
            return Task.CompletedTask;
        }
        catch (IOException error) { throw new StoreFault("no-room", because: error); }
        catch (UnauthorizedAccessException error) { throw new StoreFault("no-right", because: error); }
    }
}
