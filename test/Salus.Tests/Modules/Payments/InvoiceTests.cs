namespace Salus.Tests.Payments;

/// <summary>WriteInvoice, IssueInvoice, VoidInvoice, InvoiceList, InvoiceRecord, SendPaper, IssueStatement, PrintInvoice, PrintReceipt, PrintCreditNote and PrintStatement.</summary>
public sealed class InvoiceTests(SalusServer server)
{
    private static Task<Answer> Write(Clinic clinic, bool isDraft, params Guid[] charges) => clinic.Receptionist.Post("invoices", new { charges, isDraft });

    [Fact]
    public async Task an_invoice_is_drafted_issued_paid_and_its_state_follows_from_sums()
    {
        var clinic = await server.NewClinic();
        var (patient, one) = await clinic.Owes("30.00");
        var (_, two) = await clinic.Owes("20.00", patient);
        var draft = (await Write(clinic, true, one, two)).Is(201);
        Assert.Equal(("draft", "", "50.00"), (draft["state"].GetString(), draft["number"].GetString(), draft.Amount("total")));
        (await Write(clinic, false, one)).Refuses(409, "invoice.charged");
        (await clinic.Receptionist.Post($"invoices/{draft.Id}/sending", new { to = "a@example.org" })).Refuses(409, "invoice.not-issued");
        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => clinic.Receptionist.Post($"invoices/{draft.Id}/issue")));
        var issued = Assert.Single(answers, a => a.Status == 200);
        Assert.All(answers.Where(a => a != issued), a => a.Refuses(409, "invoice.issued"));
        Assert.Equal($"INV-{DateTime.UtcNow.Year}-0001", issued["number"].GetString());
        async Task<string> State() => (await clinic.Receptionist.Get($"invoices/{draft.Id}")).Is(200)["invoice"].Str("state");
        Assert.Equal("issued", await State());
        (await clinic.Pay(one)).Is(201);
        Assert.Equal("part-paid", await State());
        (await clinic.Receptionist.Post($"invoices/{draft.Id}/void", new { reason = "Wrong" })).Refuses(409, "invoice.paid");
        Assert.Single((await clinic.Receptionist.Get("invoices?filter=outstanding")).Items);
        (await clinic.Admin.Post($"charges/{two}/credits", new { kind = "credit-note", amount = MoneyWords.Eur("5"), reason = "Less" })).Is(201);
        Assert.Equal("part-paid", await State()); // a credit in part must not make it paid
        (await clinic.Pay(two)).Is(201);
        Assert.Equal("paid", await State());
        Assert.Empty((await clinic.Receptionist.Get("invoices?filter=outstanding")).Items);
        Assert.Single((await clinic.Receptionist.Get($"invoices?q=inv-{DateTime.UtcNow.Year}-0001")).Items);
    }

    [Fact]
    public async Task a_void_invoice_keeps_its_number_and_what_it_was_for_stands_on_another()
    {
        var clinic = await server.NewClinic();
        var (_, charge) = await clinic.Owes("30.00");
        var first = (await Write(clinic, false, charge)).Is(201);
        (await clinic.Receptionist.Post($"invoices/{first.Id}/void", new { reason = "" })).RefusesField("reason");
        Assert.Equal("void", (await clinic.Receptionist.Post($"invoices/{first.Id}/void", new { reason = "Wrong name" })).Is(200)["state"].GetString());
        (await clinic.Receptionist.Post($"invoices/{first.Id}/void", new { reason = "Again" })).Refuses(409, "invoice.void");
        var second = (await Write(clinic, false, charge)).Is(201);
        Assert.EndsWith("-0002", second["number"].GetString(), StringComparison.Ordinal);
        (await clinic.Pay(charge)).Is(201);
        Assert.Equal(("void", "paid"), ((await clinic.Receptionist.Get($"invoices/{first.Id}"))["invoice"].Str("state"), (await clinic.Receptionist.Get($"invoices/{second.Id}"))["invoice"].Str("state")));
        Assert.Single((await clinic.Receptionist.Get("invoices?filter=void")).Items);
        Assert.Empty((await clinic.Receptionist.Get("invoices?filter=overdue")).Items);
        (await Write(clinic, false, (await clinic.Owes("1")).Charge, (await clinic.Owes("1")).Charge)).RefusesField("charges");
    }

    [Fact]
    public async Task PY_07_numbers_have_no_gap_however_many_are_issued_at_once()
    {
        var clinic = await server.NewClinic();
        var charges = new List<Guid>();
        for (var i = 0; i < 15; i++) charges.Add((await clinic.Owes("1.00")).Charge);
        // Each is asked for twice: of two only one gets a number, and the other leaves no gap.
        var answers = await Task.WhenAll(charges.Concat(charges).Select(c => Write(clinic, false, c)));
        var numbers = answers.Where(a => a.Status == 201).Select(a => a["number"].GetString()!).Order(StringComparer.Ordinal);
        Assert.Equal(Enumerable.Range(1, 15).Select(n => $"INV-{DateTime.UtcNow.Year}-{n:0000}"), numbers);
    }

    [Fact]
    public async Task PY_07_papers_are_printed_with_sums_numbers_and_a_code_to_scan()
    {
        Assert.SkipUnless(Support.Paper.CanBeRead, Support.Paper.Missing);
        var clinic = await server.NewClinic();
        (await clinic.Admin.Put("payment-settings", new { currency = "EUR", taxIncluded = true, legalName = "Clinica Uno srl", address = "Via Roma 1, Roma", taxNumber = "IT01234567890", iban = "IT60X0542811101000000123456", bic = "UNCRITMM", invoiceNote = "Thank you." })).Is(200);
        var patient = (await clinic.Register("Zoë Müller")).Id;
        var charge = (await clinic.Charged(patient, "122.00", "X-ray of the hand", taxRate: 22)).Is(201).Id;
        var invoice = (await Write(clinic, false, charge)).Is(201);
        using var paper = await Support.Paper.Get(clinic.Receptionist, $"invoices/{invoice.Id}/document", ("Accept-Language", "en"));
        var text = await paper.Text();
        foreach (var words in (string[])["Invoice", $"INV-{DateTime.UtcNow.Year}-0001", "Clinica Uno srl", "IT01234567890", "Zoë Müller", "X-ray of the hand", "100.00", "22.00", "122.00", "IT60X0542811101000000123456", "Thank you."]) Assert.Contains(words, text, StringComparison.Ordinal);
        Assert.Contains("/pay/", await paper.Code(), StringComparison.Ordinal);
        Assert.DoesNotContain("Müller", await paper.Properties(), StringComparison.Ordinal);
        await clinic.Drawer("0");
        var payment = (await clinic.Pay(charge, "22", "cash", tendered: "30")).Is(201).Id;
        using var receipt = await Support.Paper.Get(clinic.Receptionist, $"payments/{payment}/document", ("Accept-Language", "it"));
        Assert.Contains("8,00", await receipt.Text(), StringComparison.Ordinal);
        (await clinic.Refund(payment, "10")).Is(201);
        var credit = (await clinic.Receptionist.Get($"charges/{charge}"))["credits"][0].Id();
        using var note = await Support.Paper.Get(clinic.Receptionist, $"credit-notes/{credit}/document", ("Accept-Language", "en"));
        Assert.Contains($"CRN-{DateTime.UtcNow.Year}-0001", await note.Text(), StringComparison.Ordinal);
        Assert.Contains("8.20", await note.Text(), StringComparison.Ordinal); // without tax
        var today = DateOnly.FromDateTime(DateTime.UtcNow.AddHours(-12));
        (await clinic.Receptionist.Post("statements", new { kind = "patient", payerId = patient, from = "2999-01-01", to = "2999-02-01" })).RefusesField("to");
        var statement = (await clinic.Receptionist.Post("statements", new { kind = "patient", payerId = patient, from = today.AddDays(-20), to = (await clinic.Charge(charge)).Str("day") })).Is(201);
        using var list = await Support.Paper.Get(clinic.Receptionist, $"statements/{statement.Id}/document", ("Accept-Language", "en"));
        var lines = await list.Text();
        foreach (var words in (string[])[$"STM-{DateTime.UtcNow.Year}-0001", "122.00", "-22.00", "Owed at the end"]) Assert.Contains(words, lines, StringComparison.Ordinal);
        Assert.Contains(await clinic.Audit("invoice.print"), a => a.SubjectId == patient || a.Subjects.Contains(patient.ToString(), StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task papers_are_mailed_as_links_in_the_clinics_language()
    {
        var clinic = await server.NewClinic();
        (await clinic.Admin.Put("", new { name = "Uno", timeZone = "Europe/Rome", language = "it", callingCode = "39", numberPattern = "xx-xx-xxx" })).Is(204);
        var (_, charge) = await clinic.Owes("30.00");
        var invoice = (await Write(clinic, false, charge)).Is(201).Id;
        (await clinic.Receptionist.Post($"invoices/{invoice}/sending", new { })).RefusesField("to"); // no address is known
        var address = $"{Guid.NewGuid():N}@example.org";
        (await clinic.Receptionist.Post($"invoices/{invoice}/sending", new { to = address })).Is(204);
        (await clinic.Receptionist.Post($"payments/{(await clinic.Pay(charge)).Id}/sending", new { to = address })).Is(204);
        var mails = await clinic.Salus.Mailbox(address, 2);
        Assert.Contains("Fattura INV-", mails[0].Subject, StringComparison.Ordinal);
        Assert.Contains("Ricevuta REC-", mails[1].Subject, StringComparison.Ordinal);
        Assert.All(mails, m => Assert.Contains("/pay/", m.Text, StringComparison.Ordinal));
    }

    [Fact]
    public async Task credit_notes_and_statements_are_mailed_as_links_that_open_them_and_nothing_else()
    {
        var clinic = await server.NewClinic();
        (await clinic.Admin.Put("", new { name = "Uno", timeZone = "Europe/Rome", language = "fr", callingCode = "39", numberPattern = "xx-xx-xxx" })).Is(204);
        var own = $"{Guid.NewGuid():N}@example.org";
        var patient = (await clinic.Register("Zoë Müller", new { name = "Zoë Müller", email = own })).Id;
        var charge = (await clinic.Charged(patient, "30.00", "X-ray of the hand")).Is(201).Id;
        async Task<Guid> Credit(string kind) => (await clinic.Admin.Post($"charges/{charge}/credits", new { kind, amount = MoneyWords.Eur("10"), reason = "Too dear" })).Is(201).Id;
        var (note, waiver, day) = (await Credit("credit-note"), await Credit("waiver"), (await clinic.Charge(charge)).Str("day"));
        var statement = (await clinic.Receptionist.Post("statements", new { kind = "patient", payerId = patient, from = day, to = day })).Is(201).Id;
        (await clinic.Receptionist.Post($"credit-notes/{waiver}/sending", new { to = own })).Refuses(404, "not-found"); // a waiver has no paper
        (await clinic.Receptionist.Post($"statements/{note}/sending", new { to = own })).Refuses(404, "not-found");
        (await clinic.Receptionist.Post($"credit-notes/{note}/sending", new { to = "nobody" })).RefusesField("to");
        (await clinic.Doctor.Post($"statements/{statement}/sending", new { to = own })).Refuses(403, "forbidden");
        (await clinic.Receptionist.Post($"credit-notes/{note}/sending", new { })).Is(204);
        (await clinic.Receptionist.Post($"statements/{statement}/sending", new { to = own })).Is(204);
        var mails = await clinic.Salus.Mailbox(own, 2);
        Assert.Equal([$"Avoir CRN-{DateTime.UtcNow.Year}-0001 de Uno", $"Relevé de compte STM-{DateTime.UtcNow.Year}-0001 de Uno"], mails.Select(m => m.Subject));
        Assert.Contains("10,00", mails[0].Text, StringComparison.Ordinal);
        Assert.All(mails, m => Assert.DoesNotContain("X-ray", m.Text, StringComparison.Ordinal));
        var sent = (await clinic.Audit(Salus.Modules.Payments.Invoices.SendPaper.Action)).Where(a => a.Result == "ok").ToList();
        Assert.Equal([("credit-note", note), ("statement", statement)], sent.Select(a => (a.SubjectKind, a.SubjectId!.Value)));
        Assert.All(sent, a => Assert.DoesNotContain("example.org", a.Detail, StringComparison.Ordinal));
        // The link opens the paper without an account; there is nothing to pay behind it.
        using var payer = new Browser(clinic.Salus);
        var links = mails.Select(m => new Uri(System.Text.RegularExpressions.Regex.Match(m.Text, "http\\S+/pay/\\S+").Value).AbsolutePath).ToList();
        foreach (var link in links)
        {
            using (var opened = await payer.Get(link)) Assert.Equal(link + "/paper.pdf", opened.Headers.Location?.ToString());
            using var started = await payer.Get(link + "/back?checkout=" + Guid.NewGuid());
            Assert.Equal(System.Net.HttpStatusCode.NotFound, started.StatusCode);
        }
        Assert.SkipUnless(Support.Paper.CanBeRead, Support.Paper.Missing);
        foreach (var (link, words) in links.Zip((string[])["CRN-", "STM-"]))
        {
            using var answer = await payer.Get(link + "/paper.pdf");
            using var paper = await Support.Paper.Of(answer);
            var text = await paper.Text();
            foreach (var word in (string[])[words, "Zoë Müller", "10,00"]) Assert.Contains(word, text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task the_pages_of_a_charge_and_of_a_payer_mail_credit_notes_and_statements()
    {
        var clinic = await server.NewClinic();
        var (patient, charge) = await clinic.Owes("30.00");
        var note = (await clinic.Admin.Post($"charges/{charge}/credits", new { kind = "credit-note", amount = MoneyWords.Eur("10"), reason = "Too dear" })).Is(201).Id;
        var day = (await clinic.Charge(charge)).Str("day");
        using var browser = new Browser(clinic.Salus);
        await browser.SignIn(clinic, "receptionist");
        var (place, payer, address) = ($"/{clinic.Slug}/charges/{charge}", $"/{clinic.Slug}/cash/Patient/{patient}", $"{Guid.NewGuid():N}@example.org");
        async Task Submit(string page, string action, Dictionary<string, string> fields)
        {
            using var answer = await browser.Submit(page, action, new(fields) { ["once"] = Guid.NewGuid().ToString("N") });
            Assert.True(answer.StatusCode == System.Net.HttpStatusCode.Redirect, $"{action}: {answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");
        }
        await Submit(payer, payer + "/statements", new() { ["from"] = day, ["to"] = day });
        var statement = (await clinic.Receptionist.Get($"payer-account?kind=patient&payer={patient}")).Is(200)["statements"][0];
        Assert.Equal(($"STM-{DateTime.UtcNow.Year}-0001", day), (statement.Str("number"), statement.Str("to")));
        await Submit(place, $"{place}/credits/{note}/sending", new() { ["to"] = address });
        await Submit(payer, $"{payer}/statements/{statement.Id()}/sending", new() { ["to"] = address });
        Assert.Equal(["CRN", "STM"], (await clinic.Salus.Mailbox(address, 2)).Select(m => System.Text.RegularExpressions.Regex.Match(m.Subject, "[A-Z]{3}").Value));
    }
}
