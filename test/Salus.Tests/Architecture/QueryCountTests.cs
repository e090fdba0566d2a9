using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace Salus.Tests.Architecture;

/// <summary>A page costs the same literal number of SQL commands with one row and with thirty.</summary>
public sealed class QueryCountTests : IDisposable
{
    private readonly Counter counter = new();

    public void Dispose() => counter.Dispose();

    [Fact]
    public async Task TS_12_every_reading_route_costs_a_constant_number_of_commands()
    {
        // A server of its own: elsewhere other tests change who may do what, and what is remembered of it is read again.
        await using var own = await OwnServer.Start();
        var clinic = await Clinic.Make(own.Salus);
        var queue = await clinic.Queue();
        var issued = new List<Answer>();
        async Task Grow(int to)
        {
            while (issued.Count < to)
            {
                issued.Add(await clinic.Issue(queue));
                (await clinic.Admin.Post("service-points", new { name = $"Room {issued.Count}" })).Is(201);
                (await clinic.Admin.Post("devices", new { name = $"Hall {issued.Count}" })).Is(201);
                await clinic.OwnRole($"Role {issued.Count}", "queue.read");
                await clinic.Program("patients.read");
                await Medicine(clinic, issued.Count);
                if (issued.Count % 3 == 2) (await clinic.Doctor.Post($"queues/{queue}/calls")).Is(200);
            }
        }
        await clinic.Hire("all", "org.admin clinic.receptionist clinic.doctor");
        await Grow(1);
        (await clinic.Doctor.Post($"queues/{queue}/calls")).Is(200);
        var first = issued[0];
        var patient = (await clinic.Doctor.Get($"tickets/{first.Id}"))["patientId"].GetGuid();
        Guid visit;
        await using (var db = clinic.Open()) visit = await db.Set<Salus.Modules.Clinic.Pharmacy.Prescription>().Select(p => p.EncounterId).FirstAsync();
        string[] paths =
        [
            "drugs?limit=100", "stock?limit=100", "interaction-rules?limit=100", "pharmacy/work-list", "pharmacy/dispensed?limit=100", $"encounters/{visit}/prescriptions",
            "patients", "patients?q=rossi", "patients?limit=100", "patients/likely-duplicates?name=Anna+Rossi", $"patients/{patient}", "queues", "tickets?limit=100", $"tickets?queue={queue}", $"tickets/{first.Id}",
            $"queues/{queue}/work-list", "board", "figures", "staff", "roles", "keys", "access-matrix", "emergency-access", "/api/v1/auth/me", $"/api/v1/tickets/{first["code"].GetString()}",
        ];
        // Each context that is used again remembers for a second whether anybody listens to its commands.
        var listening = DateTime.UtcNow;
        await Wait.Until(() => Task.FromResult(DateTime.UtcNow - listening > TimeSpan.FromSeconds(1.5)));
        var few = await Counts(clinic, paths);
        await Grow(30);
        var many = await Counts(clinic, paths);
        Assert.True(few.Values.Count(n => n > 0) > paths.Length / 2, "nothing was counted");
        foreach (var path in paths)
        {
            Assert.True(few[path] < 15, $"{path}: {few[path]} commands");
            Assert.True(few[path] == many[path], $"{path}: {few[path]} commands with one row, {many[path]} with thirty");
        }
    }

    /// <summary>A drug with stock and a rule, a prescription of it that was dispensed and one that waits.</summary>
    private static async Task Medicine(Clinic clinic, int number)
    {
        var drug = (await clinic.Pharmacist.Post("drugs", new { name = $"Drug {number}" })).Is(201).Id;
        (await clinic.Pharmacist.Post($"drugs/{drug}/batches", new { number = "A", quantity = 9, expiry = DateOnly.FromDateTime(DateTime.UtcNow).AddDays(90) })).Is(201);
        (await clinic.Pharmacist.Post("interaction-rules", new { a = $"Drug {number}", b = "Warfarin", severity = "severe" })).Is(201);
        foreach (var isDispensed in (bool[])[true, false])
        {
            var prescription = (await clinic.Doctor.Post($"encounters/{await clinic.Visit()}/prescriptions", new { drugId = drug, dose = "1", frequency = "daily", quantity = 1, overrideReason = "Known" })).Is(201).Id;
            if (isDispensed) (await clinic.Pharmacist.Post($"prescriptions/{prescription}/dispensing")).Is(200);
        }
    }

    private async Task<Dictionary<string, int>> Counts(Clinic clinic, string[] paths)
    {
        var counts = new Dictionary<string, int>();
        foreach (var path in paths)
        {
            // What is kept for a second may have to be read again in between: the fewest of five tries is what the route costs by itself.
            counts[path] = int.MaxValue;
            for (var i = 0; i < 5; i++)
            {
                (await clinic.As("all").Get(path)).Is(200);
                var mark = Guid.NewGuid().ToString();
                (await clinic.As("all").Get(path, ("X-Count", mark))).Is(200);
                counts[path] = Math.Min(counts[path], counter.Of(mark));
            }
        }
        return counts;
    }

    /// <summary>Counts EF's commands by the mark of the request in whose flow they run.</summary>
    private sealed class Counter : IObserver<DiagnosticListener>, IObserver<KeyValuePair<string, object?>>, IDisposable
    {
        private readonly ConcurrentDictionary<string, int> counts = new();
        private readonly ConcurrentBag<IDisposable> subscriptions = [];
        private readonly HttpContextAccessor http = new();

        public Counter() => subscriptions.Add(DiagnosticListener.AllListeners.Subscribe(this));

        public int Of(string mark) => counts.GetValueOrDefault(mark);

        public void OnNext(DiagnosticListener value)
        {
            if (value.Name == "Microsoft.EntityFrameworkCore") subscriptions.Add(value.Subscribe(this));
        }

        public void OnNext(KeyValuePair<string, object?> value)
        {
            if (value.Key == "Microsoft.EntityFrameworkCore.Database.Command.CommandExecuting" && http.HttpContext?.Request.Headers["X-Count"].ToString() is { Length: > 0 } mark)
                counts.AddOrUpdate(mark, 1, (_, n) => n + 1);
        }

        public void OnCompleted() { }
        public void OnError(Exception error) { }

        public void Dispose()
        {
            foreach (var subscription in subscriptions) subscription.Dispose();
        }
    }
}
