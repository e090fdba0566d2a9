using QRCoder;
using static Salus.Web.Printing.Pango;

namespace Salus.Web.Printing;

/// <summary>Lays a label out: the code at its end, the lines before it, as large as all of them fit.</summary>
internal static class LabelPainter
{
    private const double Edge = 5, Largest = 12, Smallest = 4.5, Step = 0.5;

    public static void Paint(PrintedLabel label, Pen pen, Typesetter setter)
    {
        var (width, height) = (Points(label.Width), Points(label.Height));
        var code = Math.Min(height - (2 * Edge), width / 3);
        QrPainter.Paint(pen, label.Code, width - Edge - code, (height - code) / 2, code);
        var (room, column) = (height - (2 * Edge), width - (3 * Edge) - code);
        for (var size = Largest; ; size -= Step)
        {
            var set = label.Lines.Select(l => setter.Set(l.Text, new(l.IsStrong ? size : size * 0.85, l.IsStrong), column)).ToList();
            try
            {
                // What is too long even in the smallest letters loses its end, never the lines below it.
                var isLast = size - Step < Smallest;
                if (set.Sum(s => s.Height) > room && !isLast) continue;
                Place(label, set, pen, room);
                return;
            }
            finally { foreach (var one in set) one.Dispose(); }
        }
    }

    private static void Place(PrintedLabel label, List<SetText> set, Pen pen, double room)
    {
        var y = Edge;
        for (var i = 0; i < set.Count; i++)
        {
            var below = set.Skip(i + 1).Sum(s => s.Lines[0].Bottom);
            for (var line = 0; line < set[i].Lines.Count; line++)
            {
                var one = set[i].Lines[line];
                if (line > 0 && y + one.Bottom - one.Top + below > room + Edge) break;
                set[i].Paint(pen, line, Edge, y);
                y += one.Bottom - one.Top;
            }
        }
    }

    public static double Points(double millimetres) => millimetres * 72 / 25.4;
}

/// <summary>A QR code out of rectangles, as sharp as the printer.</summary>
internal static class QrPainter
{
    /// <param name="size">Of its side, with the quiet edge that readers need.</param>
    public static void Paint(Pen pen, string content, double x, double y, double size)
    {
        using var data = new QRCodeGenerator().CreateQrCode(content, QRCodeGenerator.ECCLevel.M);
        var cells = data.ModuleMatrix;
        var side = size / cells.Count;
        for (var row = 0; row < cells.Count; row++)
            for (var from = 0; from < cells.Count; from++)
            {
                if (!cells[row][from]) continue;
                var until = from;
                while (until < cells.Count && cells[row][until]) until++;
                cairo_rectangle(pen, x + (from * side), y + (row * side), (until - from) * side, side);
                from = until;
            }
        cairo_fill(pen);
    }
}
