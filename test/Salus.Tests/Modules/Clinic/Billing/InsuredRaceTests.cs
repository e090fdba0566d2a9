using Microsoft.EntityFrameworkCore;
using Salus.Kernel.Data;
using Salus.Modules.Clinic.Billing;
using Salus.Modules.Clinic.Encounters;
using Salus.Tests.Payments;

namespace Salus.Tests.Billing;

/// <summary>TakePayment beside RequestCoverage: cash never lands on a bill that is insured meanwhile.</summary>
public sealed class InsuredRaceTests(SalusServer server)
{
    private static async Task<(Guid Visit, Guid Patient, Guid Policy, Guid Charge)> Insurable(Clinic clinic, string name = "Anna Rossi")
    {
        var patient = (await clinic.Register(name)).Id;
        var policy = (await clinic.Receptionist.Post($"patients/{patient}/insurances", new { insurer = "Aurora Vita", number = "AV-1", percent = 80, from = "2020-01-01" })).Is(201).Id;
        var visit = (await clinic.Receptionist.Post("encounters", new { patientId = patient })).Is(201).Id;
        return (visit, patient, policy, (await clinic.Bill(visit)).Line("CONS").Id("chargeId"));
    }

    private static async Task<bool> IsWaitedFor(SalusDb db) =>
        (await db.Database.SqlQueryRaw<bool>("SELECT EXISTS (SELECT 1 FROM pg_stat_activity WHERE pg_backend_pid() = ANY (pg_blocking_pids(pid))) AS \"Value\"").ToListAsync())[0];

    [Fact]
    public async Task cash_that_is_taken_while_an_insurer_is_being_asked_waits_and_is_refused()
    {
        var clinic = await server.NewClinic();
        await clinic.Drawer();
        await clinic.Price("consultation", "CONS", "100.00", automatic: ["consultation"]);
        var (visit, patient, policy, charge) = await Insurable(clinic);
        // What RequestCoverage does, stopped between its last statement and its commit: if a payment does not wait for it, it is booked there.
        var paid = await clinic.Salus.Database.Write(clinic.Id, async db =>
        {
            await db.Encounters.Where(e => e.Id == visit).ExecuteUpdateAsync(set => set.SetProperty(e => e.ChangedAt, e => e.ChangedAt));
            db.Add(new VisitCoverage { EncounterId = visit, PatientId = patient, PolicyId = policy, Insurer = "Aurora Vita", Number = "AV-1", Percent = 80, RequestedBy = clinic.Account("receptionist").Id, RequestedAt = DateTime.UtcNow, Version = Guid.NewGuid() });
            await db.SaveChangesAsync();
            var running = clinic.Pay(charge, "5.00", "cash");
            // SQLite lets one write at a time: it cannot begin. On PostgreSQL it is done, which would be wrong, or has come as far as it gets: it waits for this transaction.
            while (clinic.Salus.Database.Name == "PostgreSQL" && !running.IsCompleted && !await IsWaitedFor(db)) { }
            return new { Answer = running };
        }, default);
        (await paid.Answer).Refuses(409, "bill.insured");
        Assert.Equal("0.00", (await clinic.Bill(visit)).Amount("paid"));
        await clinic.Proven();
    }

    [Fact]
    public async Task of_desks_and_insurers_at_once_everyone_is_answered_and_the_books_are_right()
    {
        var clinic = await server.NewClinic();
        await clinic.Drawer();
        await clinic.Price("consultation", "CONS", "100.00", automatic: ["consultation"]);
        foreach (var name in (string[])["Anna Rossi", "Bruno Verdi", "Carla Neri"])
        {
            var (visit, _, policy, charge) = await Insurable(clinic, name);
            var cash = Enumerable.Range(0, 6).Select(i => i % 2 == 0 ? clinic.Pay(charge, "5.00", "cash", isSecond: true) : clinic.PayBill(visit, "5.00", "cash", isSecond: true)).ToList();
            var asked = clinic.Receptionist.Post($"encounters/{visit}/coverage", new { policyId = policy });
            cash.AddRange(Enumerable.Range(0, 4).Select(_ => clinic.Pay(charge, "5.00", "cash", isSecond: true)));
            (await asked).Is(201);
            var answers = await Task.WhenAll(cash);
            Assert.All(answers.Where(a => a.Status is not (200 or 201)), a => a.Refuses(409, "bill.insured"));
            Assert.Equal(500L * answers.Count(a => a.Status is 200 or 201), (long)(decimal.Parse((await clinic.Bill(visit)).Amount("paid"), System.Globalization.CultureInfo.InvariantCulture) * 100));
            (await clinic.Pay(charge, "5.00", "cash")).Refuses(409, "bill.insured");
        }
        await clinic.Proven();
    }
}
