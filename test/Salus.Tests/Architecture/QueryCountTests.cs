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
        await using var server = await OwnServer.Start();
        var clinic = await Clinic.Make(server.Salus);
        var queue = await clinic.Queue();
        var issued = new List<Answer>();
        var (visit, stay, claim, bill) = (await clinic.Visit(), Guid.Empty, Guid.Empty, (Billing?)null);
        async Task Grow(int to)
        {
            while (issued.Count < to)
            {
                issued.Add(await clinic.Issue(queue));
                (await clinic.Admin.Post("service-points", new { name = $"Room {issued.Count}" })).Is(201);
                (await clinic.Admin.Post("devices", new { name = $"Hall {issued.Count}" })).Is(201);
                await clinic.OwnRole($"Role {issued.Count}", "queue.read");
                await clinic.Program("patients.read");
                await Care(clinic, visit, issued.Count);
                (await clinic.Admin.Send("PUT", "logo", new ByteArrayContent(Samples.Png()) { Headers = { ContentType = new("image/png") } })).Is(200);
                var order = await clinic.Ordered(issued.Count % 2 == 0 ? visit : await clinic.Visit(), name: $"Test {issued.Count}");
                (await clinic.Nurse.Post($"orders/{order}/samples", new { outcome = "partial" })).Is(200);
                var done = (await clinic.Lab.Post($"orders/{await clinic.Ordered(visit, name: $"Done {issued.Count}")}/result", new { text = "Seen", flag = "normal" })).Is(201).Id;
                (await clinic.Lab.Post($"results/{done}/addenda", new { text = "More" })).Is(201);
                await clinic.Ordered(visit, "imaging", $"Study {issued.Count}");
                (await clinic.Doctor.Post($"encounters/{visit}/referrals", new { specialty = "Cardiology", reason = "Murmur" })).Is(201);
                (await clinic.Admin.Post("catalogue", new { kind = "lab", code = $"T{issued.Count}", name = $"Entry {issued.Count}" })).Is(201);
                (await clinic.Admin.Post("templates", new { name = $"Template {issued.Count}" })).Is(201);
                await Medicine(clinic, visit, issued.Count);
                var (_, beds) = await clinic.Ward("1-2", $"Ward {issued.Count}");
                if (issued.Count == 1) { (await clinic.Admit(visit, beds[0])).Is(201); stay = beds[1]; }
                else (await clinic.Transfer(visit, beds[0])).Is(200);
                await clinic.Admitted(beds[1]);
                await clinic.Visit();
                await Money(clinic, issued.Count);
                bill ??= await Billed(clinic);
                await Bill(clinic, bill, issued.Count);
                claim = await Rows.Claim(clinic);
                if (issued.Count % 3 == 2) (await clinic.Doctor.Post($"queues/{queue}/calls")).Is(200);
            }
        }
        await clinic.Hire("all", "org.admin clinic.receptionist clinic.doctor clinic.nurse");
        await Grow(1);
        (await clinic.Doctor.Post($"queues/{queue}/calls")).Is(200);
        var first = issued[0];
        var patient = (await clinic.Doctor.Get($"tickets/{first.Id}"))["patientId"].GetGuid();
        var own = (await clinic.Doctor.Get($"encounters/{visit}"))["patientId"].GetGuid();
        string[] paths =
        [
            "claims?limit=100", "claims?q=rossi", $"claims/{claim}", "charges?limit=100", "payments?limit=100", "invoices?limit=100", "invoices?filter=outstanding&limit=100", "refunds?limit=100", "debtors", "drawers", "money-figures", "provider-reports", "payment-settings",
            $"encounters/{bill!.Visit}/bill", "services?limit=100", "services?q=service", $"wallet?kind=patient&payer={bill.Patient}&limit=100", $"payer-account?kind=patient&payer={bill.Patient}", "billing/unpaid-work?limit=100", $"billing/unpaid-work?limit=1&after={bill.Work}", $"invoices/{bill.Invoice}", $"payments/{bill.Payment}", $"charges/{bill.Charge}",
            .. Pages(clinic, bill),
            "drugs?limit=100", "stock?limit=100", "interaction-rules?limit=100", "pharmacy/work-list", "pharmacy/dispensed?limit=100", $"encounters/{visit}/prescriptions",
            "patients", "patients?q=rossi", "patients?limit=100", "patients/likely-duplicates?name=Anna+Rossi", $"patients/{patient}", "queues", "tickets?limit=100", $"tickets?queue={queue}", $"tickets/{first.Id}",
            "files?limit=100", "encounters", $"encounters?patient={own}", $"encounters/{visit}", $"encounters/{visit}/chart", $"encounters/{visit}/timeline", $"encounters/{visit}/locks", $"encounters/{visit}/documents", $"patients/{own}/record", $"patients/{own}/readers",
            $"queues/{queue}/work-list", "board", "figures", "staff", "roles", "keys", "access-matrix", "emergency-access", $"encounters/{visit}/orders", $"encounters/{visit}/referrals", "wards", $"encounters/{visit}/admission", $"beds/{stay}/history", "admissible-visits",
            "laboratory/work-list?limit=100", "laboratory/work-list?done=true&limit=100", "imaging/work-list", "nursing/tasks?limit=100", "catalogue?limit=100", "catalogue?q=entry", "codes?q=fever", "templates", "/api/v1/auth/me", .. Fhir(clinic, own, visit), $"/api/v1/tickets/{first["code"].GetString()}",
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
            // Everything about a patient is read out of all tables, a bill out of those of money and insurance, and a page says who one is and what one may.
            var most = path.Contains("everything", StringComparison.Ordinal) || path.StartsWith($"/{clinic.Slug}/", StringComparison.Ordinal) ? 30 : path.EndsWith("/bill", StringComparison.Ordinal) ? 20 : 15;
            Assert.True(few[path] < most, $"{path}: {few[path]} commands");
            Assert.True(few[path] == many[path], $"{path}: {few[path]} commands with one row, {many[path]} with thirty");
        }
    }

    private static IEnumerable<string> Fhir(Clinic clinic, Guid patient, Guid visit)
    {
        var fhir = $"/fhir/{clinic.Slug}";
        yield return $"{fhir}/Patient/{patient}/$everything?_count=1000";
        foreach (var type in (string[])["Condition", "AllergyIntolerance", "Observation", "ServiceRequest", "DiagnosticReport", "MedicationRequest", "MedicationDispense", "DocumentReference"])
            foreach (var whose in (string[])[$"patient={patient}", $"encounter={visit}"]) yield return $"{fhir}/{type}?{whose}&_count=100";
        foreach (var type in (string[])["Patient", "Practitioner", "Encounter", "AuditEvent"]) yield return $"{fhir}/{type}?_count=100";
        yield return $"{fhir}/Observation?patient={patient}&_count=100&_summary=count";
    }

    /// <summary>One more of everything in the visit's record, and one more earlier visit.</summary>
    private static async Task Care(Clinic clinic, Guid visit, int count)
    {
        var patient = (await clinic.Doctor.Get($"encounters/{visit}")).Is(200)["patientId"].GetGuid();
        (await clinic.Nurse.Post($"encounters/{visit}/vitals", new { temperature = 38 + (count * 0.1) })).Is(201);
        (await clinic.Nurse.Post($"encounters/{visit}/notes", new { text = $"Note {count}" })).Is(201);
        (await clinic.Nurse.Post($"encounters/{visit}/allergies", new { substance = $"Substance {count}" })).Is(201);
        foreach (var kind in (string[])["diagnosis", "problem"]) (await clinic.Doctor.Post($"encounters/{visit}/conditions", new { kind, text = $"Illness {count}" })).Is(201);
        await clinic.Salus.Database.Write(clinic.Id, db =>
        {
            db.Add(new Salus.Modules.Clinic.Encounters.Encounter { PatientId = patient, Day = new DateOnly(2020, 1, 1).AddDays(count), State = Salus.Modules.Clinic.Encounters.EncounterState.Closed, StartedAt = DateTime.UtcNow, ChangedAt = DateTime.UtcNow });
            return db.SaveChangesAsync();
        }, default);
    }

    /// <summary>A drug with stock and a rule, a prescription of it that was dispensed and one that waits.</summary>
    private static async Task Medicine(Clinic clinic, Guid visit, int number)
    {
        var drug = (await clinic.Pharmacist.Post("drugs", new { name = $"Drug {number}" })).Is(201).Id;
        (await clinic.Pharmacist.Post($"drugs/{drug}/batches", new { number = "A", quantity = 9, expiry = DateOnly.FromDateTime(DateTime.UtcNow).AddDays(90) })).Is(201);
        (await clinic.Pharmacist.Post("interaction-rules", new { a = $"Drug {number}", b = "Warfarin", severity = "severe" })).Is(201);
        foreach (var isDispensed in (bool[])[true, false])
        {
            var prescription = (await clinic.Doctor.Post($"encounters/{visit}/prescriptions", new { drugId = drug, dose = "1", frequency = "daily", quantity = 1, overrideReason = "Known" })).Is(201).Id;
            if (isDispensed) (await clinic.Pharmacist.Post($"prescriptions/{prescription}/dispensing")).Is(200);
        }
    }

    /// <summary>A charge with an invoice, a payment, a refund and a credit, and a movement of a wallet.</summary>
    private static async Task Money(Clinic clinic, int number)
    {
        var patient = (await clinic.Receptionist.Get("patients?limit=1")).Items[0].Id();
        var charge = (await clinic.Receptionist.Post("charges", new { payerKind = "patient", payerId = patient, title = $"Copy {number}", lines = new[] { new { unitPrice = new { amount = "10.00" } } } })).Is(201).Id;
        (await clinic.Receptionist.Post("invoices", new { charges = new[] { charge } })).Is(201);
        var payment = (await clinic.Receptionist.Post("payments", new { charges = new[] { charge }, method = "card", amount = new { amount = "4.00" } })).Is(201).Id;
        (await clinic.Admin.Post($"payments/{payment}/refunds", new { way = "wallet", amount = new { amount = "1.00" }, reason = "Less" })).Is(201);
    }

    private static IEnumerable<string> Pages(Clinic clinic, Billing bill) => ((string[])
    [
        $"visits/{bill.Visit}/bill", $"visits/{bill.Visit}/bill/lines", "manage/prices", "manage/unpaid-work", "cash", $"cash/patient/{bill.Patient}", $"cash/patient/{bill.Patient}/wallet", "payments", $"payments/{bill.Payment}", "invoices", $"invoices/{bill.Invoice}",
        $"charges/{bill.Charge}", "refunds", "money",
    ]).Select(p => $"/{clinic.Slug}/{p}");

    private sealed record Billing(Guid Visit, Guid Patient, Guid Work, Guid Charge, Guid Payment, Guid Invoice);

    /// <summary>A visit with a bill, an order that was done unpaid, and a charge with its payment and invoice.</summary>
    private static async Task<Billing> Billed(Clinic clinic)
    {
        var visit = await clinic.Visit();
        var patient = (await clinic.Receptionist.Get($"encounters/{visit}"))["patientId"].GetGuid();
        var work = await Unpaid(clinic, visit, "First");
        var charge = (await clinic.Receptionist.Post("charges", new { payerKind = "patient", payerId = patient, title = "Copy", lines = new[] { new { unitPrice = new { amount = "900.00" } } } })).Is(201).Id;
        var payment = (await clinic.Receptionist.Post("payments", new { charges = new[] { charge }, method = "card", amount = new { amount = "300.00" } })).Is(201).Id;
        return new(visit, patient, work, charge, payment, (await clinic.Receptionist.Post("invoices", new { charges = new[] { charge } })).Is(201).Id);
    }

    private static async Task<Guid> Unpaid(Clinic clinic, Guid visit, string name)
    {
        var order = await clinic.Ordered(visit, name: $"Unpaid {name}");
        (await clinic.Lab.Post($"orders/{order}/result", new { text = "Seen", flag = "normal" })).Is(201);
        return order;
    }

    /// <summary>One more line, discount, payment and movement of everything that these pages show.</summary>
    private static async Task Bill(Clinic clinic, Billing bill, int number)
    {
        (await clinic.Admin.Post("services", new { department = "other", code = $"S{number}", name = $"Service {number}", price = new { amount = "8" } })).Is(201);
        (await clinic.Receptionist.Post($"encounters/{bill.Visit}/bill/extras", new { title = $"Extra {number}", amount = new { amount = "10.00" }, reason = "Late" })).Is(200);
        (await clinic.Admin.Post($"encounters/{bill.Visit}/bill/discounts", new { amount = new { amount = "1.00" }, reason = "Hardship" })).Is(204);
        (await clinic.Receptionist.Post($"encounters/{bill.Visit}/bill/payments", new { method = "card", amount = new { amount = "2.00" }, isSecond = true })).Is(200);
        (await clinic.Receptionist.Post($"encounters/{bill.Visit}/bill/promises", new { reason = "Payday" })).Is(201);
        (await clinic.Receptionist.Post("wallet/top-ups", new { kind = "patient", payerId = bill.Patient, method = "card", amount = new { amount = "5.00" } })).Is(201);
        (await clinic.Receptionist.Post("payments", new { charges = new[] { bill.Charge }, method = "wallet", amount = new { amount = "4.00" }, isSecond = true })).Is(201);
        (await clinic.Admin.Post($"payments/{bill.Payment}/refunds", new { way = "wallet", amount = new { amount = "1.00" }, reason = "Less" })).Is(201);
        (await clinic.Admin.Post($"charges/{bill.Charge}/credits", new { kind = "credit-note", amount = new { amount = "1.00" }, reason = "Less" })).Is(201);
        await Unpaid(clinic, bill.Visit, number.ToString(System.Globalization.CultureInfo.InvariantCulture));
    }

    private async Task<Dictionary<string, int>> Counts(Clinic clinic, string[] paths)
    {
        var counts = new Dictionary<string, int>();
        using var browser = new Browser(clinic.Salus);
        await browser.SignIn(clinic, "all");
        foreach (var path in paths)
        {
            // What is kept for a second may have to be read again in between: the fewest of five tries is what the route costs by itself.
            counts[path] = int.MaxValue;
            for (var i = 0; i < 5; i++)
            {
                await Read(clinic, browser, path);
                var mark = Guid.NewGuid().ToString();
                await Read(clinic, browser, path, ("X-Count", mark));
                counts[path] = Math.Min(counts[path], counter.Of(mark));
            }
        }
        return counts;
    }

    private static async Task Read(Clinic clinic, Browser browser, string path, params (string, string)[] headers)
    {
        if (!path.StartsWith($"/{clinic.Slug}/", StringComparison.Ordinal))
        {
            (await clinic.As("all").Get(path, headers)).Is(200);
            return;
        }
        using var page = await browser.Get(path, headers);
        Assert.True(page.StatusCode == System.Net.HttpStatusCode.OK, $"{path}: {page.StatusCode}");
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
