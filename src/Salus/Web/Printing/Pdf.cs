using System.Globalization;
using System.IO.Pipelines;
using System.Runtime.InteropServices;
using System.Text;
using static Salus.Web.Printing.Pango;

namespace Salus.Web.Printing;

/// <summary>The library could not make the document; the page that a browser prints can still be shown.</summary>
internal sealed class PrintFailed(string why) : Exception(why);

/// <summary>
/// A PDF that is written into pooled memory and sent from there: it is whole before its first byte goes out, so a document
/// that cannot be made is noticed while it can still be shown in another way, and a slow reader holds no native memory.
/// </summary>
internal sealed class Pdf
{
    public const int ReadError = 10;
    private const int Title = 0, Creator = 5, WriteError = 11, MostBytes = 32 * 1024 * 1024;
    private readonly Pipe pipe = new(new PipeOptions(pauseWriterThreshold: 0, resumeWriterThreshold: 1, minimumSegmentSize: 16 * 1024));

    public int Length { get; private set; }
    public PipeReader Content => pipe.Reader;

    /// <exception cref="PrintFailed">The library said so, or the document is longer than any should be.</exception>
    public static Pdf Of(FontMap fonts, string title, double width, double height, Action<Pen, Typesetter> paint)
    {
        var pdf = new Pdf();
        // It is called until the surface is gone; nothing but this keeps it in memory.
        Transfer write = pdf.Take;
        try
        {
            using (var surface = cairo_pdf_surface_create_for_stream(write, 0, width, height))
            {
                Demand(cairo_surface_status(surface));
                cairo_pdf_surface_set_metadata(surface, Title, Encoding.UTF8.GetBytes(title + '\0'));
                cairo_pdf_surface_set_metadata(surface, Creator, "Salus\0"u8.ToArray());
                using (var pen = cairo_create(surface))
                {
                    using var context = pango_font_map_create_context(fonts);
                    pango_cairo_context_set_resolution(context, 72);
                    pango_cairo_update_context(pen, context);
                    pango_context_set_language(context, pango_language_from_string(Encoding.ASCII.GetBytes(CultureInfo.CurrentUICulture.Name + '\0')));
                    paint(pen, new Typesetter(context));
                    Demand(cairo_status(pen));
                }
                cairo_surface_finish(surface);
                Demand(cairo_surface_status(surface));
            }
            GC.KeepAlive(write);
            pdf.pipe.Writer.Complete();
            return pdf;
        }
        catch
        {
            pdf.Forget();
            throw;
        }
    }

    /// <summary>Gives the pages' memory back.</summary>
    public void Forget()
    {
        pipe.Writer.Complete();
        pipe.Reader.Complete();
    }

    private static void Demand(int status)
    {
        if (status != 0) throw new PrintFailed($"cairo status {status.ToString(CultureInfo.InvariantCulture)}");
    }

    // Called by the library: nothing may be thrown through it.
    private int Take(nint closure, nint data, uint length)
    {
        if (length > MostBytes - Length) return WriteError;
        try
        {
            MemoryMarshal.TryGetArray<byte>(pipe.Writer.GetMemory((int)length), out var room);
            Marshal.Copy(data, room.Array!, room.Offset, (int)length);
            pipe.Writer.Advance((int)length);
            Length += (int)length;
            return 0;
        }
        catch (Exception error) when (error is InvalidOperationException or OutOfMemoryException) { return WriteError; }
    }
}
