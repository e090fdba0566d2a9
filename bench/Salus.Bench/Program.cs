using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Npgsql;
using Salus.Bench;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
if (args is ["bare", var port, var file]) return await Bare.Run(int.Parse(port), file);

string Option(string name, string otherwise) => Array.IndexOf(args, "--" + name) is var i and >= 0 ? args[i + 1] : otherwise;
var plan = new Plan(
    Option("only", "board,search,issue,call,chart,everything,note,picture,payment,wallet,verify,sign-in").Split(','), [.. Option("connections", "1,16,64").Split(',').Select(int.Parse)],
    double.Parse(Option("seconds", "5")), int.Parse(Option("runs", "3")), int.Parse(Option("patients", "100000")), long.Parse(Option("entries", "1000000")));
var report = new Report();
var program = Path.GetFullPath(Environment.GetEnvironmentVariable("BENCH_SALUS")!);
var which = Option("database", "both");
var faults = 0;
var folder = Directory.CreateTempSubdirectory("salus-bench-").FullName;
try
{
    if (which is "both" or "sqlite") faults += await Run("SQLite", _ => Task.FromResult(""));
    if (which is "both" or "postgres" && Environment.GetEnvironmentVariable("BENCH_POSTGRES") is { Length: > 0 } address)
    {
        faults += await Run("PostgreSQL", async name =>
        {
            await using var source = NpgsqlDataSource.Create(address);
            if (await source.CreateCommand($"SELECT 1 FROM pg_database WHERE datname = '{name}'").ExecuteScalarAsync() is null) await source.CreateCommand($"CREATE DATABASE {name}").ExecuteNonQueryAsync();
            return new NpgsqlConnectionStringBuilder(address) { Database = name }.ToString();
        });
    }
}
finally { Directory.Delete(folder, recursive: true); }
report.Write(Option("out", ""), Environment.GetEnvironmentVariable("BENCH_COMMAND") ?? "bench/run");
return faults == 0 ? 0 : 1;

async Task<int> Run(string name, Func<string, Task<string>> database)
{
    var found = plan.Only.Any(o => o != "kills") ? await Measure(name, await database("bench")) : 0;
    if (!plan.Only.Contains("kills")) return found;
    var kills = new Kills(program, Option("keep", folder), name, database, int.Parse(Option("kills", "1000")), int.Parse(Option("lanes", "2")), report);
    return found + await kills.Run();
}

async Task<int> Measure(string name, string database)
{
    var data = Path.Combine(folder, name);
    await using var source = database.Length == 0 ? null : new NpgsqlDataSourceBuilder(database + ";Max Auto Prepare=100;Maximum Pool Size=100").Build();
    var clinic = new Clinic(database.Length == 0 ? Path.Combine(data, "salus.db") : null, source);
    await using var server = new Server(program, data, database);
    int? postgres = database.Length == 0 ? null : int.Parse(Environment.GetEnvironmentVariable("BENCH_POSTGRES_PID")!);
    Console.WriteLine($"{name}: planting {plan.Patients} patients");
    var fresh = await server.Start();
    await server.Stop();
    await server.CreateOwner();
    var watch = Stopwatch.StartNew();
    clinic.Plant(plan.Patients);
    var record = new Record(clinic);
    record.Plant(plan.Connections.Max());
    Console.WriteLine($"{name}: planted in {watch.Elapsed.TotalSeconds:0.0} s");
    var start = await server.Start();
    var idle = Load.Memory(server.Pid).Now;
    var bench = new Scenarios(plan, server, clinic, record, postgres, report, name);
    await bench.Run(folder);
    if (plan.Only.Any(o => o is "payment" or "wallet")) await bench.Prove();
    var memory = Load.Memory(server.Pid);
    var stop = await server.Stop();
    var verdict = await server.Verify();
    report.Facts.Add($"{name}: first answer after {fresh:0} ms on an empty database (migrations applied), {start:0} ms on the planted one; stopped {stop:0} ms after SIGTERM; memory {idle:0} MB after the start, {memory.Now:0} MB after all loads, {memory.Most:0} MB at most. `audit verify`: {verdict}");
    Console.WriteLine(report.Facts[^1]);
    foreach (var fault in bench.Faults.Take(10)) { report.Facts.Add($"{name}: FAULT {fault}"); Console.WriteLine($"FAULT {fault}"); }
    if (bench.Faults.Count == 0) report.Facts.Add($"{name}: after every load no token was missing or twice, and every called ticket was a different one.");
    return bench.Faults.Count;
}

namespace Salus.Bench
{
    public sealed record Plan(string[] Only, int[] Connections, double Seconds, int Runs, int Patients, long Entries);

    public sealed partial class Scenarios(Plan plan, Server server, Clinic clinic, Record record, int? postgres, Report report, string database)
    {
        private readonly Raw raw = new(clinic);
        public List<string> Faults { get; } = [];
        private Watched Ours => new(server.Pid, postgres);
        private Watched Self => new(Environment.ProcessId, postgres);

        public async Task Run(string folder)
        {
            if (plan.Only.Contains("board")) await Board(folder);
            if (plan.Only.Contains("search")) foreach (var kind in new[] { "name", "phone", "number" }) await Search(kind);
            if (plan.Only.Contains("issue")) await Issue();
            if (plan.Only.Contains("call")) await Call();
            await RecordScenarios(folder);
            await MoneyScenarios();
            if (plan.Only.Contains("sign-in") && PasswordHash.IsThere) await SignIn();
        }

        /// <summary>Salus and raw in turns, after a warm-up of both; medians of all runs.</summary>
        private async Task Compare(string work, double atLeast, Func<int, Func<int, Task<Func<ValueTask>>>> salus, Func<int, Func<int, Func<ValueTask>>> other, Watched otherPids, Func<int, Task>? before = null, Action? after = null)
        {
            foreach (var connections in plan.Connections)
            {
                var (ours, theirs) = (new List<Sample>(), new List<Sample>());
                // The program's code must be compiled before it is measured: on a busy machine that takes thousands of requests.
                for (var run = warm.Add(work) ? -1 : 0; run < plan.Runs; run++)
                {
                    if (before is not null) await before(connections);
                    var callers = await Task.WhenAll(Enumerable.Range(0, connections).Select(salus(connections)));
                    var mine = await Load.Run(connections, plan.Seconds, Ours, i => callers[i]);
                    for (var (round, total) = (0, mine.Requests); run < 0 && total < warmEnough && round < 10; round++)
                    {
                        if (before is not null) await before(connections);
                        total += (await Load.Run(connections, plan.Seconds, Ours, i => callers[i])).Requests;
                    }
                    Close();
                    var its = await Load.Run(connections, plan.Seconds, otherPids, other(connections));
                    raw.Close();
                    Close();
                    after?.Invoke();
                    if (run < 0) continue;
                    ours.Add(mine);
                    theirs.Add(its);
                }
                report.Add(new(database, work, connections, Load.Median(ours), Load.Median(theirs), atLeast, Load.Memory(server.Pid).Now));
            }
        }

        private int warmEnough = 20_000;
        private readonly HashSet<string> warm = [];
        private readonly List<Wire> wires = [];

        private Wire Connect(int port)
        {
            var wire = new Wire(port);
            lock (wires) wires.Add(wire);
            return wire;
        }

        private void Close()
        {
            foreach (var wire in wires) wire.Dispose();
            wires.Clear();
        }

        private Func<ValueTask> Repeat(int port, byte[] request, int expected)
        {
            var wire = Connect(port);
            return async () => { if (await wire.Send(request) is var status && status != expected) throw new InvalidOperationException($"Got {status}: {System.Text.Encoding.UTF8.GetString(wire.Body.Span)}"); };
        }

        private async Task Board(string folder)
        {
            const string path = "/api/v1/orgs/bench/board";
            using var wire = new Wire(server.Port);
            var (status, tag) = await wire.SendFor(Wire.Get(path, await server.Token()), "ETag");
            if (status != 200) throw new InvalidOperationException($"The board gave {status}.");
            var waiting = JsonDocument.Parse(wire.Body).RootElement.GetProperty("queues").EnumerateArray().Sum(q => q.GetProperty("waiting").GetArrayLength());
            if (waiting != 60) Faults.Add($"the board shows {waiting} who wait, not 60");
            var body = Path.Combine(folder, "board.json");
            await File.WriteAllBytesAsync(body, wire.Body.ToArray());
            var port = Server.FreePort();
            using var bare = Process.Start(new ProcessStartInfo("dotnet", [typeof(Bare).Assembly.Location, "bare", port.ToString(), body]) { RedirectStandardOutput = true })!;
            await Task.Delay(2500);
            try
            {
                await Compare("board, 60 waiting, 200", 0.25, _ => async i => Repeat(server.Port, Wire.Get(path, await server.Token()), 200), _ => i => Repeat(port, Wire.Get("/bare", "none"), 200), new(bare.Id, postgres));
                await Compare("board, 60 waiting, 304", 0.25, _ => async i => Repeat(server.Port, Wire.Get(path, await server.Token(), $"If-None-Match: {tag}\r\n"), 304), _ => i => Repeat(port, Wire.Get("/bare", "none", "If-None-Match: \"same\"\r\n"), 304), new(bare.Id, postgres));
            }
            finally { bare.Kill(); }
        }

        private async Task Search(string kind)
        {
            await Search(kind, $"search by {kind}", raw.Search);
            await Search(kind, $"search by {kind}, with its log row", raw.SearchLogged);
        }

        private Task Search(string kind, string work, Func<int, string, Func<ValueTask>> other) => Compare(work, 0.5, _ => async i =>
        {
            var (token, wire, random) = (await server.Token(), Connect(server.Port), new Random(i));
            return async () =>
            {
                var patient = clinic.Patients[random.Next(clinic.Patients.Count)];
                var q = kind == "number" ? patient.Number : string.Join('+', Raw.SearchWords(kind, patient));
                if (await wire.Send(Wire.Get($"/api/v1/orgs/bench/patients?q={q}", token)) != 200) throw new InvalidOperationException("search failed");
                if (wire.Body.Span.IndexOf(System.Text.Encoding.ASCII.GetBytes(patient.Number)) < 0 && kind != "name") lock (Faults) Faults.Add($"search by {kind} did not find {q}");
            };
        }, _ => i => other(i, kind), Self);

        private async Task Issue()
        {
            long answered = 0;
            await Compare("issue a token", 0.6, _ => async i =>
            {
                var (token, wire, random) = (await server.Token(), Connect(server.Port), new Random(i));
                return async () =>
                {
                    var body = $"{{\"patientId\":\"{clinic.Patients[random.Next(clinic.Patients.Count)].Id}\",\"queueId\":\"{clinic.Queues[i % 3]}\"}}";
                    var status = await wire.Send(Wire.Post("/api/v1/orgs/bench/tickets", token, body));
                    if (status != 201) throw new InvalidOperationException($"Issuing gave {status}: {System.Text.Encoding.UTF8.GetString(wire.Body.Span)}");
                    Interlocked.Increment(ref answered);
                };
            }, _ => raw.Issue, Self, after: () =>
            {
                Faults.AddRange(clinic.TokenFaults(clinic.Queues));
                Faults.AddRange(clinic.TokenFaults(clinic.RawQueues));
                clinic.Clear();
            });
            var kept = clinic.Count($"SELECT COUNT(*) FROM clinic_tickets WHERE \"OrganisationId\" = '{clinic.Of(clinic.Organisation)}' AND \"Day\" = '{Clinic.Today:yyyy-MM-dd}'") - 60;
            if (kept != answered) Faults.Add($"{answered} tokens were answered, {kept} are kept");
        }

        /// <summary>Beside the password's hash alone: what is above it by five milliseconds is too much. A hash takes a processor for itself, so only one at a time tells.</summary>
        private async Task SignIn()
        {
            var request = Wire.Post("/api/v1/auth/token", "", JsonSerializer.Serialize(new { email = Server.Email, password = Server.Password }));
            var (ours, hash) = (Repeat(server.Port, request, 200), PasswordHash.Verify(Server.Password));
            // Some 600 of each: a runtime that still compiles would be measured with its compiler.
            await Load.InTurns(Math.Max(60, plan.Seconds), Ours, Self, ours, hash);
            var runs = new List<(Sample Ours, Sample Hash)>();
            for (var run = 0; run < plan.Runs; run++) runs.Add(await Load.InTurns(plan.Seconds, Ours, Self, ours, hash));
            Close();
            report.Add(new(database, "sign in", 1, Load.Median([.. runs.Select(r => r.Ours)]), Load.Median([.. runs.Select(r => r.Hash)]), 0, Load.Memory(server.Pid).Now));
        }

        private async Task Call()
        {
            var called = new HashSet<Guid>();
            var times = 0;
            await Compare("call next", 0, _ => async i =>
            {
                var (token, wire) = (await server.Token(), Connect(server.Port));
                var request = Wire.Post($"/api/v1/orgs/bench/queues/{clinic.Queues[i % 3]}/calls", token, "{}");
                return async () =>
                {
                    var status = await wire.Send(request);
                    if (status != 200) throw new InvalidOperationException($"Calling gave {status}: {System.Text.Encoding.UTF8.GetString(wire.Body.Span)}");
                    var at = wire.Body.Span.IndexOf("\"id\":\""u8) + 6;
                    var id = Guid.Parse(System.Text.Encoding.ASCII.GetString(wire.Body.Span.Slice(at, 36)));
                    lock (called) { times++; if (!called.Add(id)) Faults.Add($"ticket {id} was called twice"); }
                };
            }, _ => raw.CallNext, Self, before: connections =>
            {
                clinic.Clear();
                var each = (int)(plan.Seconds * (connections == 1 ? 3000 : 2500));
                clinic.Fill(clinic.Organisation, clinic.Queues, each);
                clinic.Fill(clinic.RawOrganisation, clinic.RawQueues, each);
                return Task.CompletedTask;
            });
        }
    }
}
