using System.Runtime.InteropServices;
using static Salus.Web.Printing.Pango;

namespace Salus.Web.Printing;

/// <summary>Puts a logo on a paper, in its own proportions and never larger than its points allow.</summary>
internal sealed class LogoPainter : IDisposable
{
    private const double MostWidth = 170, MostHeight = 48;
    private readonly Surface picture;
    private readonly double scale;

    private LogoPainter(Surface picture, int width, int height)
    {
        this.picture = picture;
        scale = Math.Min(0.75, Math.Min(MostWidth / width, MostHeight / height));
        Height = height * scale;
    }

    /// <summary>Null when it cannot be read: a paper without its logo is better than none.</summary>
    public static LogoPainter? Open(byte[] png)
    {
        var at = 0;
        // Called by the library: nothing may be thrown through it.
        Transfer read = (_, to, length) =>
        {
            if (length > png.Length - at) return Pdf.ReadError;
            Marshal.Copy(png, at, to, (int)length);
            at += (int)length;
            return 0;
        };
        var picture = cairo_image_surface_create_from_png_stream(read, 0);
        GC.KeepAlive(read);
        var (status, width, height) = (cairo_surface_status(picture), cairo_image_surface_get_width(picture), cairo_image_surface_get_height(picture));
        if (status == 0 && width > 0 && height > 0) return new(picture, width, height);
        picture.Dispose();
        return null;
    }

    public double Height { get; }

    public void Paint(Pen pen, double x, double y)
    {
        cairo_save(pen);
        cairo_translate(pen, x, y);
        cairo_scale(pen, scale, scale);
        cairo_set_source_surface(pen, picture, 0, 0);
        cairo_paint(pen);
        cairo_restore(pen);
    }

    public void Dispose() => picture.Dispose();
}
