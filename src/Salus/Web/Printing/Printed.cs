namespace Salus.Web.Printing;

/// <summary>Something to be printed, free of how: the same is painted as PDF, or shown as a page that a browser prints.</summary>
/// <param name="Title">Stands in the PDF's properties too, so it names nobody.</param>
/// <param name="FileName">Without ending; names nobody either.</param>
public abstract record Printed(string Title, string FileName);

/// <summary>A document on A4.</summary>
/// <param name="Issuer">The organisation in whose name it is given.</param>
/// <param name="About">Whom or what it is about: stands on top of every page but the first.</param>
/// <param name="Date">When it was printed.</param>
public sealed record PrintedDocument(string Title, string FileName, string Issuer, string About, string Date, IReadOnlyList<PrintPart> Parts) : Printed(Title, FileName)
{
    /// <summary>A code to scan and the words below it; null: none.</summary>
    public PrintCode? Code { get; init; }

    /// <summary>The issuer's; null: none.</summary>
    public PrintLogo? Logo { get; init; }
}

/// <summary>A label for a file, a tube or a bracelet: lines, and a code beside them.</summary>
/// <param name="Width">In millimetres, like <paramref name="Height"/>.</param>
public sealed record PrintedLabel(string Title, string FileName, IReadOnlyList<LabelLine> Lines, string Code, double Width = 62, double Height = 29) : Printed(Title, FileName);

public sealed record LabelLine(string Text, bool IsStrong = false);

public sealed record PrintCode(string Content, string Caption);

public abstract record PrintPart;

public sealed record PrintHeading(string Text) : PrintPart;

public sealed record PrintText(string Text, bool IsStrong = false) : PrintPart;

/// <summary>Names with their values; those without a value are left out.</summary>
public sealed record PrintPairs(IReadOnlyList<(string Label, string Value)> Pairs) : PrintPart
{
    public IEnumerable<(string Label, string Value)> Filled => Pairs.Where(p => p.Value.Length > 0);
}

/// <summary>A table; its head is repeated on every page it reaches.</summary>
public sealed record PrintTable(IReadOnlyList<PrintColumn> Columns, IReadOnlyList<IReadOnlyList<string>> Rows) : PrintPart;

/// <param name="Share">Of the width, beside the others' shares.</param>
/// <param name="IsNumber">Stands at the end of its column.</param>
public sealed record PrintColumn(string Title, double Share, bool IsNumber = false);

/// <summary>A line to sign on.</summary>
public sealed record PrintSignature(string Caption) : PrintPart;
