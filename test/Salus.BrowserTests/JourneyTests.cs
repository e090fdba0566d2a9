namespace Salus.BrowserTests;

/// <summary>One visit from the desk to its end, by six people with a browser each: receptionist, nurse, doctor, laboratory, radiology and pharmacist.</summary>
public sealed class JourneyTests(DemoServer demo)
{
    [Fact]
    public async Task QU_11_TE_03_a_visit_goes_from_the_desk_through_triage_doctor_laboratory_imaging_and_pharmacy_to_its_end()
    {
        var journey = new Journey(demo);
        var (reception, nurse, doctor) = (await demo.SignedIn("reception"), await demo.SignedIn("nurse"), await demo.SignedIn("luca"));
        var (lab, radiology, pharmacist) = (await demo.SignedIn("lab"), await demo.SignedIn("radiology"), await demo.SignedIn("pharmacist"));
        var complaints = ((IPage[])[reception, nurse, lab, radiology, pharmacist]).Select(p => p.Complaints()).ToList();
        await journey.Stock(pharmacist);
        await nurse.GotoAsync("/aurora/visits");
        await journey.Register(reception);

        // The desk's token opened the visit: it appears with the nurse by itself.
        await nurse.FillAsync("#visits-filter [name=q]", journey.Word);
        await nurse.ClickAsync($"#visits a:has-text('{journey.Patient}')");
        var visit = nurse.Url[(nurse.Url.LastIndexOf('/') + 1)..];
        await Journey.Triage(nurse);
        await doctor.GotoAsync($"/aurora/visits/{visit}");
        await Journey.Consult(doctor);
        await lab.GotoAsync("/aurora/lab");
        await radiology.GotoAsync("/aurora/imaging");
        await pharmacist.GotoAsync("/aurora/pharmacy");
        await Journey.Order(doctor, "Lab", journey.Test);
        await Journey.Order(doctor, "Imaging", journey.Study);
        await Assertions.Expect(doctor.Locator("#closing [data-lock='encounter.results-missing']")).ToContainTextAsync("2 results are missing");
        await Journey.Photograph(doctor);

        await nurse.GotoAsync("/aurora/tasks");
        await nurse.ClickAsync($"[data-visit='{visit}'] button:has-text('Sample taken')");
        await journey.Analyse(lab, visit);
        await journey.Report(radiology, visit);

        // What was found raises an alert at the top of the doctor's page, which nobody has loaded again.
        var alert = doctor.Locator("#safety [data-alert]").Filter(new() { HasText = "Lithium" });
        await Assertions.Expect(alert).ToBeVisibleAsync();
        await Assertions.Expect(doctor.Locator("#orders-part")).ToContainTextAsync("No infiltrate.");
        await Assertions.Expect(doctor.Locator("#orders-part .file")).ToContainTextAsync("analyser.png");
        await alert.Locator("button:has-text('Acknowledge')").ClickAsync();
        await alert.Locator("[name=resolution]").FillAsync("Repeated, treated");
        await alert.Locator("button:has-text('Resolve')").ClickAsync();
        await Assertions.Expect(alert).ToHaveCountAsync(0);
        await journey.Prescribe(doctor);
        await journey.Dispense(pharmacist);
        await Journey.Close(doctor);

        // It is over for everybody: no form is left on the nurse's page, and the whole visit can be told.
        await nurse.GotoAsync($"/aurora/visits/{visit}");
        await Assertions.Expect(nurse.Locator("#vitals form")).ToHaveCountAsync(0);
        await doctor.GotoAsync($"/aurora/visits/{visit}/timeline");
        foreach (var step in (string[])["The visit was opened", "Vital signs", "Ordered", "Result ready", "Prescribed", "Dispensed", "The visit was closed", "The summary was written"])
            await Assertions.Expect(doctor.Locator("main")).ToContainTextAsync(step);
        foreach (var paper in (string[])["summary.pdf", "prescription.pdf"])
        {
            var printed = await doctor.APIRequest.GetAsync($"{demo.Url}/aurora/visits/{visit}/{paper}");
            Assert.Equal((200, "application/pdf"), (printed.Status, printed.Headers["content-type"]));
        }
        Assert.All(complaints, Assert.Empty);
    }
}
