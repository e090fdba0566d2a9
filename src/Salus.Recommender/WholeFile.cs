namespace Salus.Recommender;

/// <summary>Files that are there whole or not at all: written beside their place, and moved there in one step.</summary>
public static class WholeFile
{
    /// <param name="path">Where; what stands there is replaced.</param>
    /// <param name="write">Writes the content. If it throws, nothing is left behind.</param>
    /// <exception cref="IOException">The place cannot be written to.</exception>
    /// <exception cref="UnauthorizedAccessException">The place may not be written to.</exception>
    public static void Write(string path, Action<FileStream> write)
    {
        var beside = Beside(path);
        try
        {
            using (var file = new FileStream(beside, FileMode.CreateNew, FileAccess.ReadWrite))
            {
                write(file);
                file.Flush(flushToDisk: true);
            }
            File.Move(beside, path, overwrite: true);
        }
        finally
        {
            File.Delete(beside);
        }
    }

    /// <summary>Fails as <see cref="Write"/> would, before the work that makes the content.</summary>
    /// <inheritdoc cref="Write"/>
    public static void Check(string path)
    {
        if (string.IsNullOrWhiteSpace(path)) throw new IOException("The name of the file is empty.");
        if (Directory.Exists(path)) throw new IOException($"{path} is a folder.");
        using (new FileStream(Beside(path), FileMode.CreateNew, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose)) { }
    }

    private static string Beside(string path) => $"{path}.{Guid.CreateVersion7():N}.part";
}
