using System.Globalization;
using System.Runtime.InteropServices;
using Salus.Modules.Files.Contract;
using Salus.Modules.Files.Storage;

namespace Salus.Modules.Files.Images;

/// <summary>
/// Decodes pictures and writes them anew: place, time and camera are gone, and so is whatever else was hidden in or behind them. The size is
/// read before anything is decoded.
/// </summary>
public static class Pictures
{
    /// <summary>A phone's largest photographs have some 50 million points; what claims more is made to fill the memory.</summary>
    public const long MostPoints = 64_000_000;

    // A TIFF cannot be written as a stream: its bytes are held while that is done.
    private const long MostTiffBytes = 96_000_000;
    private const int LongestSide = 16_000, PreviewSide = 160, PaperSide = 480;
    private static readonly SemaphoreSlim Room = new(Math.Max(1, Environment.ProcessorCount));

    /// <summary>Whether pictures can be taken on this machine.</summary>
    public static bool CanRead => Vips.IsThere;

    /// <summary>Writes a picture of the same kind with its longest side at most <paramref name="most"/>; its size.</summary>
    /// <exception cref="InvalidDataException">It is broken or no picture.</exception>
    /// <exception cref="OverflowException">It is too large to be decoded.</exception>
    public static Task<(int Width, int Height)> Rewrite(Func<Stream> open, FileType type, int? most, SealedWriter to, CancellationToken ct) => InRoom(() =>
    {
        var (width, height) = SizeOf(open, type);
        if ((long)width * height > MostPoints) throw new OverflowException("The picture is too large.");
        if (type == FileType.Png && !Png.IsWhole(open)) throw new InvalidDataException("The picture is damaged.");
        if (type == FileType.Tiff) return RewriteTiff(open, to);
        using var from = open();
        return Using(from, to, (state, source) =>
        {
            var small = Thumbnail(source, most ?? LongestSide);
            try { Save(type.Key + "save_target", small, Vips.NewTarget(state), type == FileType.Png ? [("keep", "none"), ("compression", "6")] : [("keep", "none"), ("Q", "85")]); return Measured(small); }
            finally { Vips.g_object_unref(small); }
        });
    }, ct);

    /// <summary>A small WebP for lists.</summary>
    public static Task<byte[]> Preview(Func<Stream> open, CancellationToken ct) => InRoom(() =>
    {
        using var from = open();
        return Using(from, null, (_, source) =>
        {
            var small = Thumbnail(source, PreviewSide);
            try { return Saved("webpsave_target", small, ("keep", "none"), ("Q", "70")); }
            finally { Vips.g_object_unref(small); }
        });
    }, ct);

    /// <summary>A PNG for papers, which are printed sharper than screens show.</summary>
    public static Task<byte[]> ForPaper(Func<Stream> open, CancellationToken ct) => InRoom(() =>
    {
        using var from = open();
        return Using(from, null, (_, source) =>
        {
            var small = Thumbnail(source, PaperSide);
            try { return Saved("pngsave_target", small, ("keep", "none"), ("compression", "6")); }
            finally { Vips.g_object_unref(small); }
        });
    }, ct);

    // The head alone is read for this.
    private static (int Width, int Height) SizeOf(Func<Stream> open, FileType type)
    {
        using var from = open();
        return Using(from, null, (_, source) => With(type, source, image =>
        {
            var size = Measured(image);
            return type == FileType.Tiff && (long)size.Width * size.Height * Vips.vips_image_get_bands(image) > MostTiffBytes ? throw new OverflowException("The picture is too large.") : size;
        }));
    }

    private static (int Width, int Height) RewriteTiff(Func<Stream> open, SealedWriter to)
    {
        using var from = open();
        return Using(from, null, (_, source) => With(FileType.Tiff, source, image =>
        {
            to.Write(Saved("tiffsave_target", image, ("keep", "none"), ("compression", "deflate")));
            return Measured(image);
        }));
    }

    private static T With<T>(FileType type, nint source, Func<nint, T> use)
    {
        (string, string)[] options = [("fail-on", "error"), ("access", "sequential")];
        var loaded = Vips.Run(type.Key + "load_source", [("source", source, Vips.vips_source_get_type())], type == FileType.Tiff ? [.. options, ("n", "-1")] : options);
        var image = Vips.GetObject(loaded, "out", Vips.vips_image_get_type());
        Vips.Release(loaded);
        try { return use(image); }
        finally { Vips.g_object_unref(image); }
    }

    // Turned as the camera was held, its colours those of screens.
    private static nint Thumbnail(nint source, int side)
    {
        var length = side.ToString(CultureInfo.InvariantCulture);
        var made = Vips.Run("thumbnail_source", [("source", source, Vips.vips_source_get_type())], ("width", length), ("height", length), ("size", "down"), ("output-profile", "srgb"), ("fail-on", "error"));
        var image = Vips.GetObject(made, "out", Vips.vips_image_get_type());
        Vips.Release(made);
        return image;
    }

    private static (int Width, int Height) Measured(nint image) => (Vips.vips_image_get_width(image), Vips.vips_image_get_height(image));

    private static void Save(string operation, nint image, nint target, params (string, string)[] options)
    {
        try { Vips.Release(Vips.Run(operation, [("in", image, Vips.vips_image_get_type()), ("target", target, Vips.vips_target_get_type())], options)); }
        finally { Vips.g_object_unref(target); }
    }

    private static byte[] Saved(string operation, nint image, params (string, string)[] options)
    {
        var target = Vips.vips_target_new_to_memory();
        try
        {
            Vips.Release(Vips.Run(operation, [("in", image, Vips.vips_image_get_type()), ("target", target, Vips.vips_target_get_type())], options));
            return Vips.BytesOf(target);
        }
        finally { Vips.g_object_unref(target); }
    }

    private static T Using<T>(Stream from, SealedWriter? to, Func<nint, nint, T> use)
    {
        var state = new Vips.State { From = from, To = to };
        var handle = GCHandle.Alloc(state);
        var source = Vips.NewSource(GCHandle.ToIntPtr(handle));
        try { return use(GCHandle.ToIntPtr(handle), source); }
        catch (InvalidDataException) when (state.Error is IOException or UnauthorizedAccessException) { throw state.Error; }
        finally
        {
            Vips.g_object_unref(source);
            handle.Free();
        }
    }

    private static async Task<T> InRoom<T>(Func<T> work, CancellationToken ct)
    {
        await Room.WaitAsync(ct);
        try
        {
            return await Task.Run(() =>
            {
                try { return work(); }
                finally { Vips.vips_thread_shutdown(); }
            }, ct);
        }
        finally { Room.Release(); }
    }
}
