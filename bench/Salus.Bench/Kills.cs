using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace Salus.Bench;

/// <summary>
/// Kills the program while it books money, starts it again, and compares. Each lane is a program with a database of its own: what takes the time is the start, and two starts share
/// the processors. What is in the folder is continued: of a thousand kills some can be done today.
/// </summary>
public sealed class Kills(string program, string folder, string name, Func<string, Task<string>> database, int kills, int lanes, Report report)
{
    public async Task<int> Run()
    {
        var watch = Stopwatch.StartNew();
        var all = await Task.WhenAll(Enumerable.Range(1, lanes).Select(async number =>
        {
            var data = Directory.CreateDirectory(Path.Combine(folder, $"kills-{name}-{number}")).FullName;
            await using var lane = new KillLane(program, data, await database($"kills{number}"), $"{name}-{number}");
            await lane.Run(kills / lanes + (number <= kills % lanes ? 1 : 0));
            return lane;
        }));
        var (faults, starts) = (all.SelectMany(l => l.Faults).ToList(), all.SelectMany(l => l.Starts).Order().ToList());
        int Sum(Func<KillLane, int> of) => all.Sum(of);
        report.Add("Killed while it books money (SIGKILL)", ["Database", "Kills", "of them at the start", "Asked", "Done", "Refused", "Without an answer, asked again", "Proofs of the ledger", "Faults", "First answer, median ms", "Minutes"],
            [name, $"{Sum(l => l.Journal.Kills)}", $"{Sum(l => l.AtStart)}", $"{Sum(l => l.Journal.Asked)}", $"{Sum(l => l.Journal.Answered.Values.Count(a => a.Answer.IsDone))}", $"{Sum(l => l.Journal.Answered.Values.Count(a => !a.Answer.IsDone))}",
                $"{Sum(l => l.Journal.Repeats)}", $"{Sum(l => l.Proofs)}", $"{faults.Count}", starts.Count == 0 ? "" : $"{starts[starts.Count / 2]:0}", $"{watch.Elapsed.TotalMinutes:0.0}"]);
        foreach (var lane in all) report.Facts.Add($"{lane.Name}: {lane.Last}");
        foreach (var fault in faults.Take(10)) report.Facts.Add($"{name}: FAULT {fault}");
        return faults.Count;
    }
}

/// <summary>One program, killed again and again.</summary>
public sealed class KillLane(string program, string data, string address, string name) : IAsyncDisposable
{
    private const int Callers = 6, BetweenProofs = 10, MostAnswers = 30;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly Npgsql.NpgsqlDataSource? source = address.Length == 0 ? null : Npgsql.NpgsqlDataSource.Create(address + ";Maximum Pool Size=2");
    private readonly Server server = new(program, data, address);
    private readonly Random random = new();
    private readonly ConcurrentBag<string> faults = [];
    private Clinic clinic = null!;
    private int answers, sinceProof;
    private volatile bool isKilling;

    public string Name => name;
    public KillJournal Journal { get; } = new(Path.Combine(data, "journal.txt"), name);
    public IReadOnlyCollection<string> Faults => faults;
    public List<double> Starts { get; } = [];
    public int AtStart { get; private set; }
    public int Proofs { get; private set; }

    /// <summary>What the programs that check said in the end.</summary>
    public string Last { get; private set; } = "";

    public async Task Run(int kills)
    {
        clinic = new(address.Length == 0 ? Path.Combine(data, "salus.db") : null, source);
        try
        {
            await Plant();
            while (Journal.Kills < kills && faults.IsEmpty) await Round();
            await End();
        }
        catch (Exception error) when (error is InvalidOperationException or TimeoutException) { Fault(error.Message); }
    }

    private async Task Plant()
    {
        if (Journal.IsPlanted)
        {
            clinic.Know();
            return;
        }
        await server.Start();
        await server.Stop();
        await server.CreateOwner();
        clinic.Plant(6);
        Journal.Planted();
    }

    /// <summary>One life of the program: what the last kill left is compared once it answers again, then it works until it is killed. One of twelve ends before it answers.</summary>
    private async Task Round()
    {
        if (Starts.Count > 0 && random.Next(12) == 0)
        {
            server.Launch();
            await Task.Delay(random.Next((int)Starts[^1]));
            await server.Kill();
            AtStart++;
        }
        else
        {
            Starts.Add(await server.Start());
            // The rows are compared after every kill. The proof costs a start of its own, and what is wrong stays wrong: it is asked for after some kills, and in the end.
            await Check(++sinceProof >= BetweenProofs);
            var said = await WorkUntilKilled();
            if (!faults.IsEmpty) Console.WriteLine(said[^Math.Min(said.Length, 6000)..]);
        }
        Journal.Killed();
        if (Journal.Kills % 50 == 0) Console.WriteLine($"{name}: {Journal.Kills} kills, {Journal.Asked} asked, {faults.Count} faults");
    }

    private async Task<string> WorkUntilKilled()
    {
        (isKilling, answers) = (false, 0);
        var (wanted, again) = (random.Next(MostAnswers), new ConcurrentQueue<Act>(Journal.Open.Values));
        var enough = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var token = await server.Token();
        var callers = Enumerable.Range(0, Callers).Select(i => new Random(random.Next())).Select(own => Task.Run(() => Call(own, token, again, () => { if (Interlocked.Increment(ref answers) >= wanted) enough.TrySetResult(); }))).ToList();
        await Task.WhenAny(enough.Task, Task.Delay(Patience), Task.WhenAll(callers));
        if (!enough.Task.IsCompleted) Fault($"only {answers} of {wanted} acts were answered within {Patience.TotalSeconds} s");
        // The kill falls somewhere between two answers, not upon one.
        await Task.Delay(random.Next(15));
        isKilling = true;
        var said = await server.Kill();
        await Task.WhenAll(callers);
        return said;
    }

    private async Task Call(Random own, string token, ConcurrentQueue<Act> again, Action answered)
    {
        try
        {
            using var wire = new Wire(server.Port);
            while (!isKilling && faults.IsEmpty)
            {
                var isAgain = again.TryDequeue(out var act);
                act ??= Journal.Begin(own, clinic.Patients);
                if (isAgain) Journal.Again(act);
                await Ask(wire, token, act);
                answered();
            }
        }
        catch (Exception error) when (error is IOException or SocketException)
        {
            if (!isKilling) Fault($"the program broke off by itself: {error.Message}");
        }
    }

    private async Task Ask(Wire wire, string token, Act act)
    {
        var status = await wire.Send(Wire.Post($"/api/v1/orgs/bench/{act.Path}", token, act.Body, $"Idempotency-Key: {act.Key}\r\n"));
        var said = Encoding.UTF8.GetString(wire.Body.Span);
        if (status is 200 or 201) Journal.End(act, Read(act, JsonDocument.Parse(said).RootElement));
        else if (status is 409 or 422 && !said.Contains("idempotency.mismatch", StringComparison.Ordinal)) Journal.End(act, new(status, Guid.Empty, "", 0));
        else if (status != 503) Fault($"{act} gave {status}: {said}");
    }

    private static Answer Read(Act act, JsonElement said)
    {
        long Minor(string name) => (long)(decimal.Parse(said.GetProperty(name).GetProperty("amount").GetString()!, CultureInfo.InvariantCulture) * 100);
        var amount = act.Kind switch { "charge" or "invoice" or "draft" or "issue" => Minor("total"), "open" => Minor("atOpening"), "close" => Minor("counted"), "fill" => act.Amount, _ => Minor("amount") };
        return new(200, said.GetProperty(act.Kind == "fill" ? "paymentId" : "id").GetGuid(), said.TryGetProperty("number", out var number) ? number.GetString()! : "", amount);
    }

    private async Task Check(bool isProven)
    {
        foreach (var fault in new KillCheck(clinic, Journal).Faults()) Fault(fault);
        if (!isProven) return;
        sinceProof = 0;
        Proofs++;
        Last = (await server.VerifyLedger()).Said;
        if (!Last.EndsWith(" 0 faults", StringComparison.Ordinal)) Fault(Last);
    }

    /// <summary>Everything is answered at last, everything is compared, and the log is checked against its seals.</summary>
    private async Task End()
    {
        Starts.Add(await server.Start());
        await Check(isProven: false);
        using (var wire = new Wire(server.Port))
        {
            foreach (var act in Journal.Open.Values.ToList())
            {
                Journal.Again(act);
                await Ask(wire, await server.Token(), act);
            }
        }
        if (Journal.Open.Count > 0) Fault($"{Journal.Open.Count} acts are without an answer");
        await Check(isProven: true);
        await server.Stop();
        Last += "; `audit verify`: " + await server.Verify();
    }

    private void Fault(string what)
    {
        faults.Add($"{name}, after {Journal.Kills} kills: {what}");
        Console.WriteLine($"FAULT {name}, after {Journal.Kills} kills: {what}");
    }

    public async ValueTask DisposeAsync()
    {
        await server.DisposeAsync();
        Journal.Dispose();
        if (source is not null) await source.DisposeAsync();
    }
}
