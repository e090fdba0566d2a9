using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Kernel.Data;
using Salus.Modules.Accounts.Contract;
using Salus.Modules.Clinic.Billing;
using Salus.Modules.Clinic.Encounters;
using Salus.Modules.Clinic.Orders;
using Salus.Modules.Clinic.Patients;
using Salus.Modules.Organisations.Contract;
using Salus.Modules.Payments.Contract;
using Salus.Modules.Payments.Desk;
using Salus.Modules.Payments.Invoices;
using Salus.Modules.Payments.Ledger;
using Salus.Modules.Payments.Refunds;

namespace Salus.Cli.DemoData;

/// <summary>
/// What the clinic earned in the last weeks, in the order in which it happened and by the same books as in the program. An ordinary visit costs nothing here: what has a
/// price is put on a bill, or ordered by its name in the clinic's list.
/// </summary>
internal sealed class DemoMoney(SalusDb db, Organisation clinic, DateTime now, Bills bills, PaymentBook payments, RefundBook refunds, ChargeBook charges, InsurerBook insurers)
{
    private const string Specialist = "VIS-SPEC", Certificate = "CERT", Dressing = "MED";
    private static readonly (Department Department, string Code, string Name, long Price, int TaxRate)[] Prices =
    [
        (Department.Consultation, Specialist, "Visita specialistica", 80_00, 0), (Department.Other, Certificate, "Certificato medico", 30_50, 22_00), (Department.Other, Dressing, "Medicazione", 12_00, 0), (Department.Registration, "COPIA", "Copia della cartella clinica", 15_00, 22_00),
        (Department.Lab, "EMO", "Emocromo", 9_50, 0), (Department.Lab, "GLI", "Glicemia", 4_50, 0), (Department.Imaging, "RX-GIN", "Radiografia del ginocchio", 45_00, 0), (Department.Procedure, "ECG", "Elettrocardiogramma", 35_00, 0),
    ];

    private readonly List<(DateTime At, Func<Booking, Task> Act)> plan = [];
    private Guid desk;

    public async Task Write(CancellationToken ct)
    {
        desk = await db.Accounts.Where(a => a.Email == "reception@aurora.example").Select(a => a.Id).SingleAsync(ct);
        AddPrices();
        await db.SaveChangesAsync(ct);
        var today = Day(now);
        var seen = (await db.Encounters.AsNoTracking().Where(e => e.State == EncounterState.Closed && e.DoctorId != null && e.Day >= today.AddDays(-24)).OrderBy(e => e.StartedAt).ToListAsync(ct)).GroupBy(e => e.Day).ToList();
        var (days, done) = (seen.Where(g => g.Key < today && g.Key >= today.AddDays(-14)).ToList(), seen.Where(g => g.Key == today).SelectMany(g => g).ToList());
        foreach (var (visits, n) in days.Select((g, n) => (g.ToList(), n))) Ordinary(visits, n, isLast: n == days.Count - 1);
        LastDay(days[^1].Key);
        Owed(seen.First(g => g.Key < today.AddDays(-14)).First());
        Today(done);
        await new DemoClaims(db, clinic, desk, bills, insurers, On, Add).Plan(now, ct);
        // Numbers and lists follow the order of time.
        foreach (var (at, act) in plan.OrderBy(p => p.At).ToList())
        {
            await act(new(db, at, Day(at), desk, _ => { }));
            await db.SaveChangesAsync(ct);
            db.ChangeTracker.Clear();
        }
    }

    private DateOnly Day(DateTime at) => DateOnly.FromDateTime(at.In(clinic.Zone));

    private void On(DateTime at, Func<Booking, Task> act) => plan.Add((at, act));

    private void AddPrices()
    {
        db.Add(new PaymentSettings
        {
            OrganisationId = clinic.Id, LegalName = "Poliambulatorio Aurora srl", Address = "Via Garibaldi 12, 10122 Torino", TaxNumber = "IT01234567897", BankName = "Banca del Corso", Iban = "IT60X0542811101000000123456", Bic = "CORSIT21", InvoiceNote = "Grazie della fiducia.", Version = Guid.CreateVersion7(),
        });
        foreach (var (department, code, name, price, tax) in Prices)
        {
            var service = new Service { Code = code, Name = name, Department = department, Price = price, TaxRate = tax, By = BilledBy.Desk | BilledBy.Doctor, Timing = code == Dressing ? BillTiming.After : BillTiming.Before, Version = Guid.CreateVersion7() };
            service.Index();
            db.Add(service);
            if (KindOf(department) is not { } kind) continue;
            var entry = new CatalogueEntry { Code = code, Name = name, Kind = kind, Version = Guid.CreateVersion7() };
            entry.Index();
            db.Add(entry);
        }
    }

    private static OrderKind? KindOf(Department department) => department switch { Department.Lab => OrderKind.Lab, Department.Imaging => OrderKind.Imaging, Department.Procedure => OrderKind.Procedure, _ => null };

    /// <summary>Three visits of a day that cost something and were paid when they ended.</summary>
    private void Ordinary(List<Encounter> visits, int day, bool isLast)
    {
        string[] codes = [Specialist, "ECG", "EMO", "RX-GIN", Certificate];
        PaymentMethod[] methods = isLast ? [PaymentMethod.Cash, PaymentMethod.Card] : [PaymentMethod.Card, PaymentMethod.Transfer, PaymentMethod.Card];
        foreach (var (visit, n) in visits.Where((_, i) => i % 14 == 3).Take(3).Select((v, n) => (v, n)))
            On(visit.ClosedAt!.Value, async booking =>
            {
                await Add(booking, visit, codes[(day + n) % codes.Length]);
                if (n == 2) await Add(booking, visit, "GLI");
                if (day == 4 && n == 1) { await Waive(booking, visit); return; }
                await Pay(booking, visit, methods[(day + n) % methods.Length]);
            });
    }

    /// <summary>The drawer of the last day was closed with half a euro too little, and the day with it.</summary>
    private void LastDay(DateOnly day)
    {
        var midnight = day.StartUtc(clinic.Zone);
        On(midnight.AddHours(7), booking => Open(booking, 100_00));
        On(midnight.AddHours(19), async booking =>
        {
            var drawer = await db.Drawers.SingleAsync(d => d.ClosedAt == null);
            var expected = await Drawers.Expected(db, drawer.Id, default);
            (drawer.ClosedAt, drawer.ClosedBy, drawer.UsedAt, drawer.Expected, drawer.Counted, drawer.Reason, drawer.ClosedOn) = (booking.At, desk, booking.At, expected, expected - 50, "Resto sbagliato", booking.Day);
            Books.Post(booking, drawer.Currency, Cause.Drawer, drawer.Id, "", [new(LedgerAccount.Cash, -50, drawer.Id), new(LedgerAccount.CashDifference, 50), new(LedgerAccount.Cash, 50 - expected, drawer.Id), new(LedgerAccount.Safe, expected - 50)]);
            var close = new DayClose { Day = booking.Day, At = booking.At, By = desk, Note = "Mancano 0,50 in cassa." };
            db.Add(close);
            db.AddRange((await DaySums.Of(db, booking.Day, default)).Select(s => new DayTotal { DayCloseId = close.Id, Account = s.Account, Currency = s.Currency, In = s.In, Out = s.Out }));
        });
    }

    /// <summary>An invoice whose day is over: the patient had promised to pay.</summary>
    private void Owed(Encounter visit) => On(visit.ClosedAt!.Value, async booking =>
    {
        await Add(booking, visit, Specialist);
        Promise(booking, visit, "Paga con bonifico", booking.Day.AddDays(14));
        await Invoice(booking, visit);
    });

    /// <summary>This morning: paid in cash with change, given back in part, paid in part, from a wallet, and not paid yet.</summary>
    private void Today(List<Encounter> done)
    {
        On(now.AddHours(-3.5), booking => Open(booking, 150_00));
        On(now.AddMinutes(-50), async booking =>
        {
            await Add(booking, done[0], Specialist);
            await Pay(booking, done[0], PaymentMethod.Cash, tendered: 100_00);
            // Work that nobody has set a price for.
            Order(booking, done[0], OrderKind.Procedure, "", "Spirometria");
        });
        On(now.AddMinutes(-42), async booking =>
        {
            await Add(booking, done[1], Specialist);
            var paid = await Pay(booking, done[1], PaymentMethod.Card);
            await refunds.Give(booking with { At = now.AddMinutes(-30) }, new(paid.Id, 20_00, RefundWay.Card, true, "Visita abbreviata"), default);
        });
        On(now.AddMinutes(-35), async booking =>
        {
            await Add(booking, done[2], Specialist);
            Promise(booking, done[2], "Torna con la carta", booking.Day.AddDays(3));
            await Add(booking, done[2], "EMO");
            await Pay(booking, done[2], PaymentMethod.Cash, 50_00);
        });
        On(now.AddMinutes(-25), async booking =>
        {
            await Add(booking, done[3], "ECG");
            var payer = await PayerOf(done[3]);
            var wallet = await WalletBook.Of(booking, payer.Kind, payer.Id, "EUR", default);
            await payments.TopUp(booking, wallet, new(PaymentMethod.Card, 60_00, payer) { Reference = "POS 4471" }, default);
            await Pay(booking, done[3], PaymentMethod.Wallet);
        });
    }

    private Task<Payer> PayerOf(Encounter visit) => db.Patients.Where(p => p.Id == visit.PatientId).Select(p => new Payer(PayerKind.Patient, p.Id, p.Name, p.Number, p.Email)).SingleAsync();

    /// <summary>Puts a line of the price list on a visit's bill: what is in the clinic's list as ordered and done.</summary>
    private async Task Add(Booking booking, Encounter visit, string code)
    {
        var service = await db.Services.AsNoTracking().SingleAsync(s => s.Code == code);
        if (KindOf(service.Department) is { } kind)
        {
            var order = Order(booking, visit, kind, code, service.Name);
            await db.SaveChangesAsync();
            await bills.Ordered(booking, visit, [order], default);
        }
        else await bills.Added(booking, visit, service, 1, default);
    }

    private Order Order(Booking booking, Encounter visit, OrderKind kind, string code, string name)
    {
        var doctor = visit.DoctorId!.Value;
        var order = new Order
        {
            EncounterId = visit.Id, PatientId = visit.PatientId, RequisitionId = Guid.CreateVersion7(), Kind = kind, State = OrderState.Resulted, Code = code, Name = name, OrderedBy = doctor, OrderedAt = visit.StartedAt.AddMinutes(5), StartedBy = doctor, StartedAt = visit.StartedAt.AddMinutes(6), EndedAt = booking.At, EndedBy = doctor, Version = Guid.CreateVersion7(),
        };
        db.Add(order);
        db.Add(new Result { EncounterId = visit.Id, PatientId = visit.PatientId, OrderId = order.Id, Text = "Nella norma.", Flag = ResultFlag.Normal, RecordedBy = doctor, RecordedAt = booking.At });
        return order;
    }

    private async Task<Payment> Pay(Booking booking, Encounter visit, PaymentMethod method, long? amount = null, long? tendered = null)
    {
        var owed = await db.Charges.AsNoTracking().Where(c => c.GroupId == visit.Id).Where(Charge.IsOutstanding).Select(c => c.Id).ToListAsync();
        var taken = await payments.Take(booking, new() { Method = method, ChargeIds = owed, Amount = amount, Tendered = tendered, Reference = method == PaymentMethod.Transfer ? $"CRO {booking.Day:yyyyMMdd}" : method == PaymentMethod.Card ? "POS" : "" }, default);
        await db.SaveChangesAsync();
        return taken;
    }

    private async Task Waive(Booking booking, Encounter visit)
    {
        foreach (var charge in await db.Charges.AsNoTracking().Where(c => c.GroupId == visit.Id).ToListAsync()) await charges.Credit(booking, charge, charge.Due, CreditKind.Waiver, "Difficoltà economiche", default);
    }

    private void Promise(Booking booking, Encounter visit, string reason, DateOnly until) =>
        db.Add(new BillExit { EncounterId = visit.Id, PatientId = visit.PatientId, Kind = ExitKind.Promise, Reason = reason, Until = until, GrantedBy = desk, GrantedAt = booking.At });

    private async Task Open(Booking booking, long start)
    {
        var drawer = new Drawer { OwnerId = desk, Currency = "EUR", AtOpening = start, OpenedAt = booking.At, UsedAt = booking.At };
        db.Add(drawer);
        Books.Post(booking, drawer.Currency, Cause.Drawer, drawer.Id, "", [new(LedgerAccount.Cash, start, drawer.Id), new(LedgerAccount.Safe, -start)]);
        await db.SaveChangesAsync();
    }

    private async Task Invoice(Booking booking, Encounter visit)
    {
        var owed = await db.Charges.AsNoTracking().Where(c => c.GroupId == visit.Id).ToListAsync();
        var first = owed[0];
        var invoice = new Invoice
        {
            PayerKind = first.PayerKind, PayerId = first.PayerId, PayerName = first.PayerName, PayerNumber = first.PayerNumber, SearchText = first.SearchText, Currency = first.Currency, Net = owed.Sum(c => c.Net), Tax = owed.Sum(c => c.Tax), Total = owed.Sum(c => c.Total), CreatedAt = booking.At, CreatedBy = desk,
        };
        await db.Charges.Where(c => c.GroupId == visit.Id).ExecuteUpdateAsync(set => set.SetProperty(c => c.InvoiceId, invoice.Id));
        db.Add(invoice);
        db.AddRange(owed.Select(c => new InvoiceCharge { InvoiceId = invoice.Id, ChargeId = c.Id }));
        await WriteInvoice.Issue(invoice, booking, default);
    }
}
