namespace Salus.Cli;

/// <summary>One line on standard error that says how far a fit is, written over itself.</summary>
internal sealed class ProgressLine : IProgress<double>, IDisposable
{
    private readonly Lock gate = new();
    private int shown = -1;
    private bool open;

    /// <summary>A line for whoever watches, and for nobody when the errors go to a file, unless it was asked for.</summary>
    public static ProgressLine? Where(bool asked) => asked || !Console.IsErrorRedirected ? new() : null;

    /// <inheritdoc/>
    public void Report(double value)
    {
        lock (gate)
        {
            // A hair more: 0.7 and 0.3 of it are all of it.
            var percent = (int)(100 * value + 1e-6);
            if (percent == shown) return;
            (shown, open) = (percent, true);
            Console.Error.Write(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"\rfit: {percent,3} %"));
        }
    }

    /// <summary>A sentence above the line, which is written again by the next report.</summary>
    public void Say(string sentence)
    {
        lock (gate)
        {
            if (open) Console.Error.Write("\r            \r");
            (shown, open) = (-1, false);
            Console.Error.WriteLine(sentence);
        }
    }

    /// <summary>What comes next begins on a line of its own.</summary>
    public void Dispose()
    {
        if (open) Console.Error.WriteLine();
    }
}
