using System.Runtime.InteropServices;

namespace Salus.Web.Printing;

/// <summary>A thing of a native library that is given back however its use ends.</summary>
internal abstract class Native() : SafeHandle(0, ownsHandle: true)
{
    public override bool IsInvalid => handle == 0;
}

/// <summary>A rectangle of Pango, in its own units.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct PangoBox
{
    public int X, Y, Width, Height;
}

/// <summary>The few calls into Cairo, which writes PDF, and Pango, which sets text of every script (docs/adr/0030).</summary>
internal static class Pango
{
    /// <summary>So many of Pango's units are one point.</summary>
    public const double Unit = 1024;

    public const string Cairo = "libcairo.so.2", Core = "libpango-1.0.so.0", OnCairo = "libpangocairo-1.0.so.0", Objects = "libgobject-2.0.so.0";

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    public delegate int Transfer(nint closure, nint data, uint length);

    public sealed class Surface : Native
    {
        protected override bool ReleaseHandle() { cairo_surface_destroy(handle); return true; }
    }

    public sealed class Pen : Native
    {
        protected override bool ReleaseHandle() { cairo_destroy(handle); return true; }
    }

    public sealed class Font : Native
    {
        protected override bool ReleaseHandle() { pango_font_description_free(handle); return true; }
    }

    public sealed class Lines : Native
    {
        protected override bool ReleaseHandle() { pango_layout_iter_free(handle); return true; }
    }

    // What GObject counts the holders of.
    public abstract class Counted : Native
    {
        protected override bool ReleaseHandle() { g_object_unref(handle); return true; }
    }

    public sealed class FontMap : Counted;

    public sealed class Context : Counted;

    public sealed class Layout : Counted;

#pragma warning disable IDE1006, SYSLIB1054, CA1401 // the libraries' own names; what is passed needs no generated marshalling
    [DllImport(Cairo)] public static extern Surface cairo_pdf_surface_create_for_stream(Transfer write, nint closure, double width, double height);
    [DllImport(Cairo)] public static extern void cairo_pdf_surface_set_metadata(Surface surface, int field, byte[] text);
    [DllImport(Cairo)] public static extern void cairo_surface_finish(Surface surface);
    [DllImport(Cairo)] public static extern int cairo_surface_status(Surface surface);
    [DllImport(Cairo)] private static extern void cairo_surface_destroy(nint surface);
    [DllImport(Cairo)] public static extern Surface cairo_image_surface_create_from_png_stream(Transfer read, nint closure);
    [DllImport(Cairo)] public static extern int cairo_image_surface_get_width(Surface surface);
    [DllImport(Cairo)] public static extern int cairo_image_surface_get_height(Surface surface);
    [DllImport(Cairo)] public static extern Pen cairo_create(Surface surface);
    [DllImport(Cairo)] public static extern int cairo_status(Pen pen);
    [DllImport(Cairo)] private static extern void cairo_destroy(nint pen);
    [DllImport(Cairo)] public static extern void cairo_show_page(Pen pen);
    [DllImport(Cairo)] public static extern void cairo_move_to(Pen pen, double x, double y);
    [DllImport(Cairo)] public static extern void cairo_line_to(Pen pen, double x, double y);
    [DllImport(Cairo)] public static extern void cairo_rectangle(Pen pen, double x, double y, double width, double height);
    [DllImport(Cairo)] public static extern void cairo_set_line_width(Pen pen, double width);
    [DllImport(Cairo)] public static extern void cairo_set_source_rgb(Pen pen, double red, double green, double blue);
    [DllImport(Cairo)] public static extern void cairo_set_source_surface(Pen pen, Surface surface, double x, double y);
    [DllImport(Cairo)] public static extern void cairo_save(Pen pen);
    [DllImport(Cairo)] public static extern void cairo_restore(Pen pen);
    [DllImport(Cairo)] public static extern void cairo_translate(Pen pen, double x, double y);
    [DllImport(Cairo)] public static extern void cairo_scale(Pen pen, double x, double y);
    [DllImport(Cairo)] public static extern void cairo_paint(Pen pen);
    [DllImport(Cairo)] public static extern void cairo_stroke(Pen pen);
    [DllImport(Cairo)] public static extern void cairo_fill(Pen pen);

    [DllImport(OnCairo)] public static extern FontMap pango_cairo_font_map_new();
    [DllImport(OnCairo)] public static extern void pango_cairo_context_set_resolution(Context context, double dotsPerInch);
    [DllImport(OnCairo)] public static extern void pango_cairo_update_context(Pen pen, Context context);
    [DllImport(OnCairo)] public static extern void pango_cairo_show_layout_line(Pen pen, nint line);

    [DllImport(Core)] public static extern Context pango_font_map_create_context(FontMap map);
    [DllImport(Core)] public static extern void pango_context_set_language(Context context, nint language);
    [DllImport(Core)] public static extern nint pango_language_from_string(byte[] name);
    [DllImport(Core)] public static extern Font pango_font_description_from_string(byte[] description);
    [DllImport(Core)] private static extern void pango_font_description_free(nint font);
    [DllImport(Core)] public static extern Layout pango_layout_new(Context context);
    [DllImport(Core)] public static extern void pango_layout_set_text(Layout layout, byte[] text, int length);
    [DllImport(Core)] public static extern void pango_layout_set_font_description(Layout layout, Font font);
    [DllImport(Core)] public static extern void pango_layout_set_width(Layout layout, int width);
    [DllImport(Core)] public static extern void pango_layout_set_wrap(Layout layout, int wrap);
    [DllImport(Core)] public static extern void pango_layout_set_alignment(Layout layout, int alignment);
    [DllImport(Core)] public static extern int pango_layout_get_unknown_glyphs_count(Layout layout);
    [DllImport(Core)] public static extern nint pango_layout_get_line_readonly(Layout layout, int line);
    [DllImport(Core)] public static extern Lines pango_layout_get_iter(Layout layout);
    [DllImport(Core)] public static extern int pango_layout_iter_next_line(Lines lines);
    [DllImport(Core)] public static extern int pango_layout_iter_get_baseline(Lines lines);
    [DllImport(Core)] public static extern void pango_layout_iter_get_line_extents(Lines lines, nint ink, out PangoBox logical);
    [DllImport(Core)] public static extern void pango_layout_iter_get_line_yrange(Lines lines, out int top, out int bottom);
    [DllImport(Core)] private static extern void pango_layout_iter_free(nint lines);

    [DllImport(Objects)] private static extern void g_object_unref(nint thing);
#pragma warning restore IDE1006, SYSLIB1054, CA1401
}
