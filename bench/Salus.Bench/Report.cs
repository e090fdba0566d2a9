using System.Text;

namespace Salus.Bench;

/// <param name="AtLeast">The share of raw that is aimed at; 0: none is set.</param>
public sealed record Row(string Database, string Work, int Connections, Sample Salus, Sample Raw, double AtLeast, double Memory)
{
    public double Ratio => Salus.PerSecond / Raw.PerSecond;
}

/// <summary>Collects the rows, prints each as it comes, and writes them as tables between two markers of a document.</summary>
public sealed class Report
{
    private const string From = "<!-- results: written by bench/run -->", Until = "<!-- end of results -->";
    private readonly List<Row> rows = [];
    private readonly List<(string Title, string[] Head, string[] Cells)> lines = [];
    public List<string> Facts { get; } = [];

    public void Add(Row row)
    {
        rows.Add(row);
        Console.WriteLine($"{row.Database,-11} {row.Work,-24} {row.Connections,3}  {row.Salus.PerSecond,8:0}/s p50 {row.Salus.P50,7:0.00} p99 {row.Salus.P99,7:0.00} cpu {row.Salus.Server:0.000}+{row.Salus.Database:0.000} ms | raw {row.Raw.PerSecond,8:0}/s p50 {row.Raw.P50,7:0.00} p99 {row.Raw.P99,7:0.00} cpu {row.Raw.Server:0.000}+{row.Raw.Database:0.000} | {row.Ratio:P0} | {row.Memory:0} MB");
    }

    /// <summary>A line of a table of its own.</summary>
    public void Add(string title, string[] head, string[] cells)
    {
        lines.Add((title, head, cells));
        Console.WriteLine($"{title}: {string.Join(", ", head.Zip(cells, (name, value) => $"{name} {value}"))}");
    }

    public void Write(string file, string command)
    {
        if (file.Length == 0) return;
        var text = new StringBuilder($"{From}\n\nCommand: `{command}`, {DateTime.UtcNow:yyyy-MM-dd}, {Machine()}.\n");
        foreach (var part in rows.GroupBy(r => r.Database))
        {
            text.Append($"\n### {part.Key}\n\n| Work | Connections | Salus /s | Raw /s | Ratio | Target | p50 ms | p99 ms | Raw p50 | Raw p99 | CPU ms Salus + server | CPU ms raw caller + server | MB |\n|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|\n");
            foreach (var r in part)
                text.Append($"| {r.Work} | {r.Connections} | {r.Salus.PerSecond:0} | {r.Raw.PerSecond:0} | {r.Ratio:P0} | {(r.AtLeast > 0 ? r.AtLeast.ToString("P0") : "")} | {r.Salus.P50:0.00} | {r.Salus.P99:0.00} | {r.Raw.P50:0.00} | {r.Raw.P99:0.00} | {r.Salus.Server:0.00} + {r.Salus.Database:0.00} | {r.Raw.Server:0.00} + {r.Raw.Database:0.00} | {r.Memory:0} |\n");
        }
        foreach (var part in lines.GroupBy(l => l.Title))
        {
            text.Append($"\n### {part.Key}\n\n| {string.Join(" | ", part.First().Head)} |\n|{string.Concat(part.First().Head.Select(_ => "---|"))}\n");
            foreach (var line in part) text.Append($"| {string.Join(" | ", line.Cells)} |\n");
        }
        text.Append('\n');
        foreach (var fact in Facts) text.Append($"- {fact}\n");
        var old = File.Exists(file) ? File.ReadAllText(file) : $"{From}\n{Until}\n";
        var (start, end) = (old.IndexOf(From, StringComparison.Ordinal), old.IndexOf(Until, StringComparison.Ordinal));
        File.WriteAllText(file, old[..start] + text + "\n" + old[end..]);
    }

    private static string Machine()
    {
        var model = File.ReadLines("/proc/cpuinfo").FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[1].Trim() ?? "";
        return $"{Environment.ProcessorCount} cores ({model}), shared by client, program and database; .NET {Environment.Version}";
    }
}
