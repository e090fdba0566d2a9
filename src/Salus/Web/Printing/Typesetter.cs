using System.Globalization;
using System.Text;
using static Salus.Web.Printing.Pango;

namespace Salus.Web.Printing;

/// <param name="Size">In points.</param>
internal readonly record struct TextStyle(double Size, bool IsStrong = false, bool AtEnd = false);

/// <summary>One set line: where it lies below the top of its text.</summary>
internal readonly record struct SetLine(double X, double Top, double Bottom, double Baseline);

/// <summary>A text that was set at a width: wrapped into lines, each of which can be painted apart, so that a text may break over pages.</summary>
internal sealed class SetText(Layout layout, IReadOnlyList<SetLine> lines) : IDisposable
{
    public IReadOnlyList<SetLine> Lines { get; } = lines;
    public double Height => Lines[^1].Bottom;

    public void Paint(Pen pen, int line, double x, double top)
    {
        var one = Lines[line];
        cairo_move_to(pen, x + one.X, top + one.Baseline - one.Top);
        pango_cairo_show_layout_line(pen, pango_layout_get_line_readonly(layout, line));
    }

    /// <summary>All lines, one below the other.</summary>
    public void Paint(Pen pen, double x, double top)
    {
        for (var i = 0; i < Lines.Count; i++) Paint(pen, i, x, top + Lines[i].Top);
    }

    public void Dispose() => layout.Dispose();
}

/// <summary>Sets texts in whatever script they are, each paragraph in its own direction.</summary>
internal sealed class Typesetter(Context context)
{
    private const string Families = "Noto Sans,DejaVu Sans,Sans";
    private const int WrapWordOrLetter = 2, AlignEnd = 2;

    /// <summary>True once a letter was set for which the machine has no font.</summary>
    public bool LacksLetters { get; private set; }

    public SetText Set(string text, TextStyle style, double width)
    {
        var layout = pango_layout_new(context);
        try
        {
            var (bytes, description) = (Encoding.UTF8.GetBytes(Clean(text)), string.Create(CultureInfo.InvariantCulture, $"{Families} {(style.IsStrong ? "Bold " : "")}{style.Size:0.##}\0"));
            using (var font = pango_font_description_from_string(Encoding.UTF8.GetBytes(description))) pango_layout_set_font_description(layout, font);
            pango_layout_set_width(layout, (int)(width * Unit));
            pango_layout_set_wrap(layout, WrapWordOrLetter);
            // Pango turns it round by itself for what is read from the right.
            pango_layout_set_alignment(layout, style.AtEnd ? AlignEnd : 0);
            pango_layout_set_text(layout, bytes, bytes.Length);
            if (pango_layout_get_unknown_glyphs_count(layout) > 0) LacksLetters = true;
            return new(layout, LinesOf(layout, style));
        }
        catch
        {
            layout.Dispose();
            throw;
        }
    }

    private static List<SetLine> LinesOf(Layout layout, TextStyle style)
    {
        using var at = pango_layout_get_iter(layout);
        var lines = new List<SetLine>();
        do
        {
            pango_layout_iter_get_line_extents(at, 0, out var box);
            pango_layout_iter_get_line_yrange(at, out var top, out var bottom);
            lines.Add(new(box.X / Unit, top / Unit, bottom / Unit, pango_layout_iter_get_baseline(at) / Unit));
        } while (pango_layout_iter_next_line(at) != 0);
        // A name in Arabic stands beside its label as any other does; only where it wraps does it keep to the side that it is read from.
        return lines is [var only] && !style.AtEnd ? [only with { X = 0 }] : lines;
    }

    /// <summary>Line ends as one, and no other signs that steer a terminal.</summary>
    private static string Clean(string text)
    {
        var clean = new StringBuilder(text.Length);
        foreach (var sign in text.ReplaceLineEndings("\n"))
            if (sign == '\n' || !char.IsControl(sign)) clean.Append(sign);
            else if (sign == '\t') clean.Append(' ');
        return clean.ToString().TrimEnd('\n');
    }
}
