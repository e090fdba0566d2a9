using static Salus.Web.Printing.Pango;

namespace Salus.Web.Printing;

/// <summary>Words that the painter puts on pages itself, in the language of the document.</summary>
internal sealed record PainterWords(Func<int, int, string> PageOf, string LacksLetters);

/// <summary>
/// Lays a document out on A4. It goes over it twice: the first time nothing is painted and only the pages are counted,
/// because each page says of how many it is one.
/// </summary>
internal sealed class DocumentPainter(PrintedDocument document, PainterWords words, Pen pen, Typesetter setter, LogoPainter? logo)
{
    public const double Width = 595.28, Height = 841.89;
    private const double Margin = 48, Bottom = Height - Margin - 22, Inner = Width - (2 * Margin), CodeSize = 84, Gap = 10, KeepTogether = 60;
    private const int MostPages = 500;
    private int page, pages;
    private double y;
    private bool paints, isEmpty;
    private IReadOnlyList<SetText>? tableHead;
    private List<double> columnStarts = [];

    public void Paint()
    {
        Run();
        (pages, paints) = (page, true);
        Run();
    }

    private void Run()
    {
        page = 0;
        Begin();
        Head();
        foreach (var part in document.Parts) Part(part);
        if (setter.LacksLetters) Text(words.LacksLetters, new(9.5, IsStrong: true));
        End();
    }

    private void Part(PrintPart part)
    {
        switch (part)
        {
            case PrintHeading heading:
                if (y + KeepTogether > Bottom) Next();
                y += 8;
                Text(heading.Text, new(12, IsStrong: true));
                break;
            case PrintText text:
                Text(text.Text, new(10.5, text.IsStrong));
                y += 3;
                break;
            case PrintPairs pairs:
                foreach (var (label, value) in pairs.Filled) Row([(label, new(10), Margin, 136), (value, new(10.5), Margin + 146, Inner - 146)]);
                y += 3;
                break;
            case PrintTable table: Table(table); break;
            case PrintSignature signature: Sign(signature.Caption); break;
            default: throw new InvalidOperationException($"{part.GetType().Name} cannot be painted.");
        }
    }

    private void Text(string text, TextStyle style) => Row([(text, style, Margin, Inner)]);

    private void Head()
    {
        var top = y;
        var width = document.Code is null ? Inner : Inner - CodeSize - 60;
        if (logo is not null)
        {
            if (paints) logo.Paint(pen, Margin, y);
            y += logo.Height + 8;
        }
        Lines(document.Issuer, new(11), width);
        Lines(document.Title, new(18, IsStrong: true), width);
        if (document.Code is { } code)
        {
            if (paints) QrPainter.Paint(pen, code.Content, Width - Margin - CodeSize, top - 8, CodeSize);
            using var caption = setter.Set(code.Caption, new(8), CodeSize + 40);
            if (paints) caption.Paint(pen, Width - Margin - CodeSize + 9, top - 8 + CodeSize);
            y = Math.Max(y, top - 8 + CodeSize + caption.Height);
        }
        y += 6;
        Rule(0.8);
        y += 8;
    }

    private void Lines(string text, TextStyle style, double width)
    {
        using var set = setter.Set(text, style, width);
        if (paints) set.Paint(pen, Margin, y);
        y += set.Height + 2;
    }

    private void Table(PrintTable table)
    {
        var (whole, starts) = (table.Columns.Sum(c => c.Share), new List<double>());
        var at = Margin;
        foreach (var column in table.Columns)
        {
            starts.Add(at);
            at += Inner * column.Share / whole;
        }
        double WidthOf(int column) => (Inner * table.Columns[column].Share / whole) - Gap;
        columnStarts = starts;
        if (y + KeepTogether > Bottom) Next();
        y += 4;
        tableHead = [.. table.Columns.Select((c, i) => setter.Set(c.Title, new(9, IsStrong: true, c.IsNumber), WidthOf(i)))];
        try
        {
            TableHead();
            foreach (var row in table.Rows)
            {
                Row([.. row.Select((cell, i) => (cell, new TextStyle(10, AtEnd: table.Columns[i].IsNumber), starts[i], WidthOf(i)))]);
                y += 2;
                Rule(0.3);
                y += 3;
            }
        }
        finally
        {
            foreach (var cell in tableHead) cell.Dispose();
            tableHead = null;
        }
        y += 4;
    }

    private void TableHead()
    {
        if (paints) for (var i = 0; i < tableHead!.Count; i++) tableHead[i].Paint(pen, columnStarts[i], y);
        y += tableHead!.Max(c => c.Height) + 2;
        Rule(0.8);
        y += 3;
    }

    private void Sign(string caption)
    {
        if (y + 60 > Bottom) Next();
        y += 42;
        using var text = setter.Set(caption, new(9), 220);
        if (paints)
        {
            Line(Width - Margin - 220, Width - Margin, y, 0.6);
            text.Paint(pen, Width - Margin - 220, y + 3);
        }
        y += text.Height + 18;
        isEmpty = false;
    }

    /// <summary>Texts beside each other. What does not fit goes to the next page: whole if a page holds it, else line by line.</summary>
    private void Row(IReadOnlyList<(string Text, TextStyle Style, double X, double Width)> cells)
    {
        var set = new List<SetText>(cells.Count);
        try
        {
            foreach (var cell in cells) set.Add(setter.Set(cell.Text, cell.Style, cell.Width));
            var tallest = set.Max(s => s.Height);
            if (y + tallest > Bottom && !isEmpty && tallest < (Bottom - Margin) / 2) Next();
            var next = new int[set.Count];
            while (true)
            {
                var used = 0.0;
                for (var i = 0; i < set.Count; i++) used = Math.Max(used, Fill(set[i], cells[i].X, ref next[i]));
                y += used;
                if (used > 0) isEmpty = false;
                if (!set.Where((s, i) => next[i] < s.Lines.Count).Any()) break;
                Next();
            }
            y += 2;
        }
        finally { foreach (var one in set) one.Dispose(); }
    }

    /// <summary>As many lines as the page still holds, and at least one on an empty page; returns their height.</summary>
    private double Fill(SetText text, double x, ref int next)
    {
        if (next == text.Lines.Count) return 0;
        var (first, height) = (next, 0.0);
        while (next < text.Lines.Count)
        {
            var below = text.Lines[next].Bottom - text.Lines[first].Top;
            if (y + below > Bottom && !(isEmpty && next == first)) break;
            if (paints) text.Paint(pen, next, x, y + text.Lines[next].Top - text.Lines[first].Top);
            height = below;
            next++;
        }
        return height;
    }

    private void Begin()
    {
        if (++page > MostPages) throw new PrintFailed("too many pages");
        (y, isEmpty) = (Margin, true);
        if (paints) cairo_set_source_rgb(pen, 0, 0, 0);
        if (page == 1) return;
        using var title = setter.Set(document.Title, new(9), Inner / 3);
        using var about = setter.Set(document.About, new(9, IsStrong: true), Inner * 2 / 3);
        if (paints)
        {
            title.Paint(pen, Margin, y);
            about.Paint(pen, Margin + (Inner / 3), y);
        }
        y += Math.Max(title.Height, about.Height) + 4;
        Rule(0.8);
        y += 8;
        if (tableHead is not null) TableHead();
    }

    private void End()
    {
        if (!paints) return;
        using var date = setter.Set(document.Date, new(8.5), Inner / 2);
        using var number = setter.Set(words.PageOf(page, pages), new(8.5, AtEnd: true), Inner / 2);
        Line(Margin, Width - Margin, Height - Margin - 14, 0.4);
        date.Paint(pen, Margin, Height - Margin - 10);
        number.Paint(pen, Margin + (Inner / 2), Height - Margin - 10);
        cairo_show_page(pen);
    }

    private void Next()
    {
        End();
        Begin();
    }

    private void Rule(double thickness)
    {
        if (paints) Line(Margin, Width - Margin, y, thickness);
    }

    private void Line(double from, double to, double at, double thickness)
    {
        cairo_set_line_width(pen, thickness);
        cairo_move_to(pen, from, at);
        cairo_line_to(pen, to, at);
        cairo_stroke(pen);
    }
}
