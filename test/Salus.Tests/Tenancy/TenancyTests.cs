namespace Salus.Tests.Tenancy;

/// <summary>Nobody reaches another organisation's rows: tried on every route the running program has.</summary>
public sealed class TenancyTests(SalusServer server)
{
    private IReadOnlyList<Route> OrganisationApi => [.. Routes.OfApi(server.Salus).Where(r => r.IsOfOrganisation && !r.Gate!.IsPublic)];

    /// <summary>A body that passes validation, so that only the scope can refuse.</summary>
    public static object? BodyFor(Route route) => route.Method is "GET" or "DELETE" ? null : (route.Kind, route.Pattern.Split('/')[^1]) switch
    {
        ("patients", "restriction") => new { reason = "Known to the staff" },
        ("patients", "emergency-access") => new { reason = "Unconscious in the hall" },
        ("files", "trash") => new { reason = "Wrong" },
        ("files", "stores") => new { place = "", store = "" },
        ("patients", "care-team") => new { accountId = Guid.NewGuid(), reason = "Treats the patient" },
        ("patients", "merges") => new { otherId = Guid.NewGuid(), reason = "The same person" },
        ("patients", "undoing") => new { reason = "Two persons" },
        ("roles", _) => new { title = "Renamed", permissions = new[] { "organisation.enter" } },
        ("patients", "medications") => new { text = "Camomile" },
        ("patients", "insurances") => new { insurer = "Aurora Vita", number = "1", percent = 100, from = "2020-01-01" },
        ("patients", "retainers") => new { kind = "annual", from = "2026-01-01", to = "2026-12-31" },
        ("patients", "archiving") => new { reason = "Moved away" },
        ("patients", _) => new { name = "Anna Verdi" },
        ("queues", "closures") => new { day = DateOnly.FromDateTime(DateTime.UtcNow).AddDays(5) },
        ("queues", "notices") => new { text = "Hello" },
        ("queues", "calls") => new { },
        ("queues", _) => new { name = "Renamed", openDays = new[] { 1 } },
        ("service-points", _) => new { name = "Renamed" },
        ("tickets", "steps") => new { step = "cancel" },
        ("tickets", "transfer") => new { queueId = Guid.NewGuid() },
        ("tickets", "urgency") => new { urgency = "urgent", reason = "Pain" },
        ("encounters", "prescription-images" or "documents" or "lab-attachments" or "imaging-attachments") => new ByteArrayContent(Samples.Png()) { Headers = { ContentType = new("image/png") } },
        ("services", "archive") => new { },
        ("services", _) => new { department = "other", code = "X", name = "Renamed", price = new { amount = "1" } },
        ("unpaid-work", _) => new { reason = "Research" },
        ("encounters", "services") => new { serviceId = Guid.NewGuid() },
        ("encounters", "removals") => new { chargeId = Guid.NewGuid(), reason = "A slip" },
        ("encounters", "extras") => new { title = "Taxi", amount = new { amount = "5.00" }, reason = "Late at night" },
        ("encounters", "waivers" or "removal") => new { reason = "Hardship" },
        ("encounters", "discounts") => new { percent = 10, reason = "Hardship" },
        ("encounters", "payments") => new { method = "card" },
        ("encounters", "promises" or "emergencies") => new { reason = "Payday" },
        ("encounters", "coverage") => new { policyId = Guid.NewGuid() },
        ("encounters", "decision") => new { approves = false, reason = "Not covered" },
        ("encounters", "vitals") => new { temperature = 37 },
        ("encounters", "voiding" or "take-over" or "ending") => new { reason = "A slip" },
        ("encounters", "conditions") => new { text = "Cold" },
        ("encounters", "allergies") => new { isNoneKnown = true },
        ("encounters", "notes" or "operation-notes" or "addenda") => new { text = "Well" },
        ("encounters", "summary") => new { text = "Well", disposition = "home" },
        ("encounters", "orders") => new { kind = "lab", items = new[] { new { name = "Urea" } } },
        ("encounters", "referrals") => new { specialty = "Cardiology", reason = "Murmur" },
        ("encounters", "admission" or "transfer") => new { bedId = Guid.NewGuid(), reason = "Fever" },
        ("encounters", "discharge") => new { disposition = "home" },
        ("wards", "beds") => new { labels = "7-9" },
        ("wards", _) => new { name = "Renamed" },
        ("beds", "state") => new { step = "clean" },
        ("beds", _) => new { label = "Renamed" },
        ("orders", "cancellation") => new { reason = "Not needed" },
        ("orders", "samples") => new { outcome = "collected" },
        ("orders", "result" or "report") => new { text = "Seen", flag = "normal" },
        ("results", "addenda") => new { text = "More" },
        ("referrals", _) => new { step = "accept" },
        ("catalogue", "archiving") => new { },
        ("catalogue", _) => new { kind = "lab", code = "X", name = "Renamed" },
        ("templates", "uses") => new { },
        ("templates", _) => new { name = "Renamed" },
        ("encounters", "prescription-check") => new { drug = "Amoxicillin" },
        ("encounters", "prescriptions") => new { drug = "Amoxicillin", dose = "1", frequency = "daily", quantity = 1, overrideReason = "Known" },
        ("encounters", "administrations") => new { drug = "Amoxicillin", dose = "1", outcome = "given" },
        ("prescriptions", "cancellation" or "stopping") => new { reason = "A slip" },
        ("prescriptions", "returns") => new { quantity = 1, reason = "Unused" },
        ("drugs", "batches") => new { number = "A2", quantity = 1, expiry = DateOnly.FromDateTime(DateTime.UtcNow).AddDays(90) },
        ("drugs", _) => new { name = "Renamed" },
        ("batches", "write-offs") => new { kind = "damaged", quantity = 1, reason = "Wet" },
        ("batches", _) => new { quantity = 1, reason = "Counted" },
        ("interaction-rules", _) => new { a = "Renamed", b = "Aspirin", severity = "mild" },
        ("charges", "credits") => new { kind = "waiver", reason = "Poor" },
        ("payments", "refunds") => new { way = "transfer", reason = "Not done" },
        ("payments" or "invoices" or "credit-notes" or "statements", "sending") => new { to = "anna@example.org" },
        ("invoices", "void") => new { reason = "Wrong" },
        ("drawers", "closing") => new { counted = new { amount = "0" } },
        ("report-differences", _) => new { reason = "A fee" },
        ("staff", _) => new { roles = new[] { "clinic.doctor" } },
        _ => new { },
    };

    [Fact]
    public void TE_01_there_are_routes_to_try()
    {
        Assert.True(OrganisationApi.Count >= 30, $"{OrganisationApi.Count}");
        Assert.True(OrganisationApi.Count(r => r.Kind is not null) >= 15);
    }

    [Fact]
    public async Task ID_33_without_a_token_every_route_of_an_organisation_asks_who_it_is()
    {
        var clinic = await server.NewClinic();
        foreach (var route in OrganisationApi)
        {
            var answer = await clinic.Anonymous.Send(route.Method, route.At(clinic.Slug, Guid.NewGuid()), BodyFor(route));
            Assert.True(answer.Status == 401 && answer.Headers.ContainsKey("WWW-Authenticate"), $"{route}: {answer.Status} {answer.Text}");
        }
    }

    [Fact]
    public async Task TE_01_TE_02_for_a_member_of_another_organisation_it_does_not_exist()
    {
        var (clinic, other) = (await server.NewClinic(), await server.Stranger());
        var rows = await Rows.Plant(clinic);
        var stranger = other.At(clinic.Slug);
        foreach (var route in OrganisationApi)
        {
            var answer = await stranger.Send(route.Method, route.At(clinic.Slug, rows.GetValueOrDefault(route.Kind ?? "")), BodyFor(route));
            Assert.True(answer.Status == 404, $"{route}: {answer.Status} {answer.Text}");
        }
    }

    [Fact]
    public async Task TE_01_another_organisations_id_below_the_own_address_does_not_exist()
    {
        var (clinic, other) = (await server.NewClinic(), await server.NewClinic());
        var foreign = await Rows.Plant(other);
        await clinic.Hire("all", "org.admin clinic.receptionist clinic.doctor clinic.nurse clinic.lab clinic.radiology clinic.pharmacist");
        var (all, tried) = (clinic.As("all"), 0);
        foreach (var route in OrganisationApi.Where(r => r.Kind is not null))
        {
            Assert.True(foreign.ContainsKey(route.Kind!), $"{route}: the test plants no row of this kind yet.");
            var answer = await all.Send(route.Method, route.At(clinic.Slug, foreign[route.Kind!]), BodyFor(route));
            Assert.True(answer.Status == 404, $"{route}: {answer.Status} {answer.Text}");
            tried++;
        }
        Assert.True(tried >= 15);
    }

    [Fact]
    public async Task TE_01_ids_of_another_organisation_inside_a_body_do_not_exist_either()
    {
        var (clinic, other) = (await server.NewClinic(), await server.NewClinic());
        var (own, foreign) = (await Rows.Plant(clinic), await Rows.Plant(other));
        (await clinic.Receptionist.Post("tickets", new { patientId = foreign["patients"], queueId = own["queues"] })).Refuses(404, "not-found");
        (await clinic.Receptionist.Post("tickets", new { patientId = own["patients"], queueId = foreign["queues"] })).Refuses(404, "not-found");
        (await clinic.Doctor.Post($"tickets/{own["tickets"]}/transfer", new { queueId = foreign["queues"] })).Refuses(404, "not-found");
        Assert.Empty((await clinic.Doctor.Get($"tickets?queue={foreign["queues"]}")).Is(200).Items);
        (await clinic.Admin.Post($"patients/{own["patients"]}/merges", new { otherId = foreign["patients"], reason = "The same person" })).Refuses(404, "not-found");
        (await clinic.Admin.Get($"patients/{own["patients"]}/merge-preview?with={foreign["patients"]}")).Refuses(404, "not-found");
        (await clinic.Receptionist.Post("payments", new { charges = new[] { foreign["charges"] }, method = "card" })).Refuses(404, "not-found");
        (await clinic.Receptionist.Post("invoices", new { charges = new[] { foreign["charges"] } })).Refuses(404, "not-found");
        (await clinic.Receptionist.Post("claims/payments", new { claims = new[] { own["claims"], foreign["claims"] }, amount = new { amount = "1" }, reference = "T1" })).Refuses(404, "not-found");
        (await clinic.Receptionist.Get($"wallet?kind=patient&payer={foreign["patients"]}")).Refuses(404, "not-found");
        (await clinic.Receptionist.Get($"payer-account?kind=patient&payer={foreign["patients"]}")).Refuses(404, "not-found");
        (await clinic.Receptionist.Post("wallet/top-ups", new { kind = "patient", payerId = foreign["patients"], method = "card", amount = new { amount = "5" } })).Refuses(404, "not-found");
        (await clinic.Display.Get($"board?queue={foreign["queues"]}")).Refuses(404, "not-found");
        (await clinic.Doctor.Post($"encounters/{own["encounters"]}/orders", new { kind = "lab", items = new[] { new { catalogueId = foreign["catalogue"] } } })).RefusesField("items");
        (await clinic.Admit(own["encounters"], foreign["beds"])).RefusesField("bedId");
    }

    [Fact]
    public async Task TE_01_lists_show_no_row_of_another_organisation()
    {
        var (clinic, other) = (await server.NewClinic(), await server.NewClinic());
        await Rows.Plant(other);
        Assert.Empty((await clinic.Doctor.Get("patients")).Items);
        Assert.Empty((await clinic.Doctor.Get("patients?q=anna")).Items);
        Assert.Empty((await clinic.Doctor.Get("tickets")).Items);
        Assert.Empty((await clinic.Doctor.Get("encounters")).Items);
        Assert.Empty((await clinic.Display.Get("board"))["queues"].EnumerateArray());
        Assert.Empty((await clinic.Doctor.Get("wards"))["wards"].EnumerateArray());
        Assert.Empty((await clinic.Doctor.Get("admissible-visits")).Items);
        Assert.Empty((await clinic.Receptionist.Get("patients/likely-duplicates?name=Anna+Rossi")).Json.EnumerateArray());
        Assert.Empty((await clinic.Lab.Get("laboratory/work-list")).Items);
        Assert.Empty((await clinic.Lab.Get("laboratory/work-list?done=true")).Items);
        Assert.Empty((await clinic.Radiology.Get("imaging/work-list")).Items);
        Assert.Empty((await clinic.Nurse.Get("nursing/tasks")).Items);
        Assert.Empty((await clinic.Doctor.Get("catalogue")).Items);
        Assert.Empty((await clinic.Doctor.Get("templates")).Json.EnumerateArray());
        foreach (var list in (string[])["charges", "payments", "invoices", "refunds", "drawers", "provider-reports", "claims"]) Assert.Empty((await clinic.Admin.Get(list)).Items);
        Assert.Empty((await clinic.Receptionist.Get("debtors"))["debtors"].EnumerateArray());
        Assert.DoesNotContain(other.Slug, (await clinic.Admin.Get("staff")).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_device_of_another_organisation_sees_nothing()
    {
        var (clinic, other) = (await server.NewClinic(), await server.Stranger());
        (await other.Display.Get($"/api/v1/orgs/{clinic.Slug}/board")).Refuses(404, "not-found");
    }

    [Fact]
    public async Task a_write_with_a_foreign_organisation_id_is_stopped_before_the_database()
    {
        var (clinic, other) = (await server.NewClinic(), await server.Stranger());
        await using var db = clinic.Open();
        db.Add(new Salus.Modules.Clinic.Patients.Patient { OrganisationId = other.Id, Name = "Anna Rossi", Number = "09-09-009" });
        await Assert.ThrowsAsync<InvalidOperationException>(() => db.SaveChangesAsync());
    }
}
