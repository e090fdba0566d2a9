namespace Salus.Bench;

/// <summary>Money: payments at the desk, one wallet from which all pay, and the proof of the ledger.</summary>
public sealed partial class Scenarios
{
    private readonly MoneyPlant money = new(clinic);

    private async Task MoneyScenarios()
    {
        if (plan.Only.Contains("payment")) await Pay("post a payment (card)", payer: null, null, null);
        if (plan.Only.Contains("wallet"))
        {
            var (holder, other) = (clinic.Patients[0].Id, clinic.Patients[1].Id);
            money.DeepWallet(clinic.Organisation, holder);
            await Pay("pay from one wallet", holder, other, money.DeepWallet(clinic.RawOrganisation, other));
        }
        if (plan.Only.Contains("verify")) await Verify();
    }

    /// <summary>Each request pays all of a charge of its own. Without a payer they are many, and pay by card; else the one pays from the wallet.</summary>
    private async Task Pay(string work, Guid? payer, Guid? rawPayer, Guid? rawWallet)
    {
        var (ours, theirs) = (new MoneyPlant.Owed(money, clinic.Organisation, payer), new MoneyPlant.Owed(money, clinic.RawOrganisation, rawPayer));
        var before = clinic.Count("SELECT COUNT(*) FROM payments_payments");
        long answered = 0, others = 0;
        await Compare(work, 0, _ => async i =>
        {
            var (token, wire) = (await server.Token(), Connect(server.Port));
            return async () =>
            {
                var status = await wire.Send(Wire.Post("/api/v1/orgs/bench/payments", token, $$"""{"charges":["{{ours.Next()}}"],"method":"{{(payer is null ? "card" : "wallet")}}"}"""));
                if (status != 201) throw new InvalidOperationException($"Paying gave {status}: {System.Text.Encoding.UTF8.GetString(wire.Body.Span)}");
                Interlocked.Increment(ref answered);
            };
        }, _ => i =>
        {
            var pay = raw.Pay(i, theirs.Next, rawWallet);
            return async () =>
            {
                await pay();
                Interlocked.Increment(ref others);
            };
        }, Self, before: connections =>
        {
            var enough = (int)(plan.Seconds * 4000) + connections;
            ours.Fill(enough);
            theirs.Fill(enough);
            return Task.CompletedTask;
        });
        var kept = clinic.Count("SELECT COUNT(*) FROM payments_payments") - before;
        if (kept != answered + others) Faults.Add($"{work}: {answered} and {others} were answered, {kept} are kept");
    }

    /// <summary>How long the proof takes and how much it holds, over two sizes: ten times the entries must not take more memory.</summary>
    private async Task Verify()
    {
        foreach (var entries in new[] { plan.Entries / 10, plan.Entries })
        {
            var watch = System.Diagnostics.Stopwatch.StartNew();
            money.Ledger(entries);
            Console.WriteLine($"{database}: a ledger of {entries} entries after {watch.Elapsed.TotalSeconds:0.0} s");
            await Prove();
        }
    }

    /// <summary>Lets the program prove the ledger, and reports what it said and what it took.</summary>
    public async Task Prove()
    {
        var (said, seconds, megabytes) = await server.VerifyLedger();
        report.Add("`salus ledger verify`, a process of its own", ["Database", "Seconds", "MB at most", "What it said"], [database, $"{seconds:0.0}", $"{megabytes:0}", said]);
        if (!said.EndsWith(" 0 faults", StringComparison.Ordinal)) Faults.Add($"ledger verify: {said}");
    }
}
