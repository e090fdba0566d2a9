using Microsoft.Extensions.DependencyInjection;
using Salus.Modules.Payments.Ledger;

namespace Salus.Tests.Payments;

public sealed class YearTurnTests
{
    [Fact]
    public async Task D6_16_D6_19_papers_are_numbered_by_the_year_of_the_clinics_own_day_and_begin_anew_at_its_turn()
    {
        var clock = new MovableClock();
        var old = DateTimeOffset.UtcNow.Year + 1;
        clock.Move(new DateTimeOffset(old, 12, 31, 22, 30, 0, TimeSpan.Zero) - clock.GetUtcNow());
        await using var own = await OwnServer.Start(services => services.AddSingleton<TimeProvider>(clock));
        var (rome, guatemala) = (await Clinic.Make(own.Salus), await Clinic.Make(own.Salus, "America/Guatemala"));
        async Task<string> Receipt(Clinic clinic) => (await clinic.Pay((await clinic.Owes("5.00")).Charge)).Is(201)["number"].GetString()!;
        async Task<string[]> Papers(Clinic clinic, string day)
        {
            var (_, charge) = await clinic.Owes("50.00");
            var invoice = (await clinic.Receptionist.Post("invoices", new { charges = new[] { charge } })).Is(201);
            var payment = (await clinic.Pay(charge)).Is(201);
            var refund = (await clinic.Refund(payment.Id, "20")).Is(201);
            Assert.Equal(day, (await clinic.Receptionist.Get($"payments/{payment.Id}"))["payment"].Str("day"));
            var note = (await clinic.Receptionist.Get($"charges/{charge}"))["credits"][0].Str("number");
            return [invoice["number"].GetString()!, payment["number"].GetString()!, refund["number"].GetString()!, note];
        }
        static string[] Numbers(int year, int number) => [.. ((string[])["INV", "REC", "REF", "CRN"]).Select(k => $"{k}-{year}-{number:0000}")];
        // 23:30 of the last day in Rome.
        Assert.Equal(Numbers(old, 1), await Papers(rome, $"{old}-12-31"));
        // 00:30 of the first day there; in UTC, and in Guatemala, the old year goes on.
        clock.Move(TimeSpan.FromHours(1));
        Assert.Equal(Numbers(old + 1, 1), await Papers(rome, $"{old + 1}-01-01"));
        Assert.Equal(Numbers(old, 1), await Papers(guatemala, $"{old}-12-31"));
        // 23:30 in Guatemala, already the new year in UTC.
        clock.Move(TimeSpan.FromHours(6));
        Assert.Equal($"REC-{old}-0002", await Receipt(guatemala));
        clock.Move(TimeSpan.FromHours(1));
        Assert.Equal(Numbers(old + 1, 1), await Papers(guatemala, $"{old + 1}-01-01"));
        // Many at once: still no gap and none twice.
        var charges = new List<Guid>();
        for (var i = 0; i < 10; i++) charges.Add((await guatemala.Owes("5.00")).Charge);
        var numbers = (await Task.WhenAll(charges.Select(c => guatemala.Pay(c)))).Select(a => a.Is(201)["number"].GetString()!);
        Assert.Equal(Enumerable.Range(2, 10).Select(n => $"REC-{old + 1}-{n:0000}"), numbers.Order(StringComparer.Ordinal));
        Assert.Empty((await own.Salus.Services.GetRequiredService<LedgerVerifier>().Run(default)).Faults);
    }
}
