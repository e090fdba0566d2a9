using Salus.Modules.Clinic.Wards;

namespace Salus.Tests.Wards;

/// <summary>SaveWard, AddBeds, SaveBed, MoveBed, BedHistory: wards and beds, and the one way in which a bed changes state.</summary>
public sealed class WardTests(SalusServer server)
{
    private static async Task<string[]> Labels(Clinic clinic) => [.. (await clinic.Nurse.Get("wards")).Is(200)["wards"].EnumerateArray().SelectMany(w => w.GetProperty("beds").EnumerateArray()).Select(b => b.Str("label"))];

    [Theory]
    [InlineData("1-12", "1 2 3 4 5 6 7 8 9 10 11 12")] [InlineData("08-11", "08 09 10 11")] [InlineData("A1-A3, B7", "A1 A2 A3 B7")] [InlineData("A1-3", "A1 A2 A3")] [InlineData("Window;Door\n7", "7 Door Window")]
    [InlineData(" 1 – 3 ,, ", "1 2 3")] [InlineData("A1-B3", "A1-B3")]
    public async Task several_beds_are_added_at_once_and_stand_in_the_order_of_their_figures(string typed, string labels)
    {
        var clinic = await server.NewClinic();
        await clinic.Ward(typed);
        Assert.Equal(labels.Split(' '), await Labels(clinic));
    }

    [Theory]
    [InlineData("")] [InlineData(" , ")] [InlineData("5-1")] [InlineData("1-101")] [InlineData("1-60, 101-160")] [InlineData("1-999999")] [InlineData("A bed with a name that is far too long")]
    public async Task what_is_no_list_of_beds_is_refused_and_adds_none(string typed)
    {
        var clinic = await server.NewClinic();
        var (ward, _) = await clinic.Ward("1");
        (await clinic.Admin.Post($"wards/{ward}/beds", new { labels = typed })).RefusesField("labels");
        Assert.Equal(["1"], await Labels(clinic));
    }

    [Fact]
    public async Task a_name_stands_once_in_a_ward_also_when_two_add_it_at_once()
    {
        var clinic = await server.NewClinic();
        var (ward, beds) = await clinic.Ward("1-3");
        (await clinic.Admin.Post($"wards/{ward}/beds", new { labels = "3-5" })).Refuses(409, "bed.exists");
        (await clinic.Admin.Post($"wards/{ward}/beds", new { labels = "A1, a1" })).Refuses(409, "bed.exists");
        (await clinic.Admin.Put($"beds/{beds[0]}", new { label = "2" })).Refuses(409, "bed.exists");
        Assert.Equal(["1", "2", "3"], await Labels(clinic));
        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => clinic.Admin.Post($"wards/{ward}/beds", new { labels = "4-9" })));
        Assert.Single(answers, a => a.Status == 201);
        Assert.All(answers.Where(a => a.Status != 201), a => a.Refuses(409, "bed.exists"));
        (await clinic.Admin.Post("wards", new { name = "North" })).Refuses(409, "ward.exists");
        (await clinic.Admin.Post("wards", new { name = " - " })).RefusesField("name");
        Assert.Equal(9, (await Labels(clinic)).Length);
        Assert.Equal(2, (await clinic.Audit(AddBeds.Action)).Count(e => e.Result == "ok"));
    }

    [Fact]
    public async Task wards_and_beds_are_renamed_and_archived_only_when_empty_and_come_back()
    {
        var clinic = await server.NewClinic();
        var (ward, beds) = await clinic.Ward("1-2");
        var visit = await clinic.Admitted(beds[0]);
        (await clinic.Admin.Put($"beds/{beds[0]}", new { label = "1", archived = true })).Refuses(409, "bed.occupied");
        (await clinic.Admin.Put($"wards/{ward}", new { name = "North", archived = true })).Refuses(409, "ward.occupied");
        (await clinic.Admin.Put($"beds/{beds[1]}", new { label = "Window", archived = true })).Is(200);
        Assert.Equal(["1"], await Labels(clinic));
        (await clinic.Admin.Post($"beds/{beds[1]}/state", new { step = "close", reason = "Broken" })).Refuses(404, "not-found");
        (await clinic.Admit(await clinic.Visit("Bruno Verdi"), beds[1])).RefusesField("bedId");
        (await clinic.Discharge(visit)).Is(200);
        var renamed = (await clinic.Admin.Put($"wards/{ward}", new { name = "South", kind = "surgical" })).Is(200);
        (await clinic.Admin.Put($"wards/{ward}", new { name = "West", version = Guid.NewGuid() })).Refuses(409, "stale");
        (await clinic.Admin.Put($"wards/{ward}", new { name = "South", archived = true, version = renamed["version"].GetGuid() })).Is(200);
        Assert.Empty((await clinic.Nurse.Get("wards"))["wards"].EnumerateArray());
        (await clinic.Admit(await clinic.Visit("Carla Neri"), beds[0])).RefusesField("bedId");
        (await clinic.Admin.Post($"wards/{ward}/beds", new { labels = "7" })).Refuses(404, "not-found");
        // The name is free again, so the old ward does not come back under it.
        (await clinic.Admin.Post("wards", new { name = "South" })).Is(201);
        (await clinic.Admin.Put($"wards/{ward}", new { name = "South" })).Refuses(409, "ward.exists");
        (await clinic.Admin.Put($"wards/{ward}", new { name = "North" })).Is(200);
        (await clinic.Admin.Put($"beds/{beds[1]}", new { label = "2" })).Is(200);
        Assert.Equal(["1", "2"], await Labels(clinic));
        Assert.NotEmpty(await clinic.Audit(SaveWard.Action, ward));
        Assert.NotEmpty(await clinic.Audit(SaveBed.Action, beds[1]));
    }

    [Fact]
    public void a_bed_changes_state_in_these_ways_and_no_others()
    {
        var ways = from state in Enum.GetValues<BedState>() from action in Enum.GetValues<BedAction>() where Bed.Target(state, action) is not null select $"{state} {action} {Bed.Target(state, action)}";
        Assert.Equal(["Free Add Free", "Free Occupy Occupied", "Free Close OutOfUse", "Occupied Leave Cleaning", "Cleaning Clean Free", "Cleaning Close OutOfUse", "OutOfUse Reopen Cleaning"], ways);
    }

    [Fact]
    public async Task a_bed_is_cleaned_taken_out_of_use_and_back_and_its_history_is_kept()
    {
        var clinic = await server.NewClinic();
        var (_, beds) = await clinic.Ward("1");
        Task<Answer> Step(string step, string? reason = null, Guid? version = null) => clinic.Nurse.Post($"beds/{beds[0]}/state", new { step, reason, version });
        (await Step("clean")).Refuses(409, "bed.state");
        (await Step("close")).RefusesField("reason");
        foreach (var step in (string[])["occupy", "leave", "add"]) (await Step(step)).RefusesField("step");
        (await clinic.Nurse.Post($"beds/{beds[0]}/state", new { })).RefusesField("step");
        var seen = (await clinic.BedOf(beds[0])).Id("version");
        (await Step("close", "A wheel is broken")).Is(200);
        Assert.Equal("A wheel is broken", (await clinic.BedOf(beds[0])).Str("reason"));
        (await Step("reopen", version: seen)).Refuses(409, "stale");
        (await clinic.Admit(await clinic.Visit(), beds[0])).Refuses(409, "bed.not-free");
        (await Step("reopen")).Is(200);
        Assert.Equal("cleaning", await clinic.StateOf(beds[0]));
        Assert.Equal("free", (await Step("clean")).Is(200)["state"].GetString());
        var visit = await clinic.Admitted(beds[0]);
        (await Step("close", "Broken")).Refuses(409, "bed.state");
        (await clinic.Discharge(visit)).Is(200);
        var history = (await clinic.Receptionist.Get($"beds/{beds[0]}/history")).Is(200);
        Assert.Equal(["leave", "occupy", "clean", "reopen", "close", "add"], history.Items.Select(m => m.Str("action")));
        Assert.Equal(("A wheel is broken", "Person nurse"), (history.Items[4].Str("reason"), history.Items[4].Str("by")));
        Assert.DoesNotContain("Rossi", history.Text, StringComparison.Ordinal);
        Assert.NotEmpty(await clinic.Audit(MoveBed.Action, beds[0]));
    }

    [Fact]
    public async Task of_many_who_clean_a_bed_at_once_one_does()
    {
        var clinic = await server.NewClinic();
        var (_, beds) = await clinic.Ward("1");
        (await clinic.Discharge(await clinic.Admitted(beds[0]))).Is(200);
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => clinic.Nurse.Post($"beds/{beds[0]}/state", new { step = "clean" })));
        Assert.Single(answers, a => a.Status == 200);
        Assert.All(answers.Where(a => a.Status != 200), a => a.Refuses(409, "bed.state"));
    }

    [Fact]
    public async Task administrators_define_wards_nurses_clean_and_others_only_look()
    {
        var (clinic, foreign) = (await server.NewClinic(), await server.NewClinic());
        var (ward, beds) = await clinic.Ward("1");
        foreach (var who in (Caller[])[clinic.Doctor, clinic.Nurse, clinic.Receptionist, clinic.Lab])
        {
            (await who.Post("wards", new { name = "East" })).Refuses(403, "forbidden");
            (await who.Put($"wards/{ward}", new { name = "East" })).Refuses(403, "forbidden");
            (await who.Post($"wards/{ward}/beds", new { labels = "2" })).Refuses(403, "forbidden");
            (await who.Put($"beds/{beds[0]}", new { label = "2" })).Refuses(403, "forbidden");
        }
        foreach (var who in (Caller[])[clinic.Doctor, clinic.Receptionist, clinic.Lab]) (await who.Post($"beds/{beds[0]}/state", new { step = "close", reason = "Broken" })).Refuses(403, "forbidden");
        foreach (var who in (Caller[])[clinic.Lab, clinic.Radiology, clinic.Pharmacist, clinic.Display]) (await who.Get("wards")).Refuses(403, "forbidden");
        foreach (var who in (Caller[])[clinic.Doctor, clinic.Receptionist, clinic.Nurse, clinic.Admin]) (await who.Get("wards")).Is(200);
        Assert.Empty((await foreign.Admin.Get("wards")).Is(200)["wards"].EnumerateArray());
        (await foreign.Admin.Put($"wards/{ward}", new { name = "Mine" })).Refuses(404, "not-found");
        (await foreign.Admin.Post($"wards/{ward}/beds", new { labels = "2" })).Refuses(404, "not-found");
        (await foreign.Admin.Put($"beds/{beds[0]}", new { label = "2" })).Refuses(404, "not-found");
        (await foreign.Nurse.Post($"beds/{beds[0]}/state", new { step = "close", reason = "Broken" })).Refuses(404, "not-found");
        (await foreign.Nurse.Get($"beds/{beds[0]}/history")).Refuses(404, "not-found");
        (await foreign.Admit(await foreign.Visit(), beds[0])).RefusesField("bedId");
        Assert.Equal("free", await clinic.StateOf(beds[0]));
    }
}
