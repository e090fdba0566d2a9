using Salus.Modules.Files;
using Salus.Modules.Files.Storage;

namespace Salus.Tests.Files;

/// <summary>ChooseStore, FileOverview and FileStores: where new files go, and what their manager sees.</summary>
public sealed class StoreChoiceTests(FilesHost host)
{
    [Fact]
    public void the_most_particular_rule_counts_and_a_store_that_there_is_not_is_refused()
    {
        var stores = new FileStores([], new Kernel.Settings { FilesStore = "s3 test-document=drive rossi=local, rossi/test-document=s3" });
        Assert.Equal(("s3", "drive", "local", "s3"), (stores.ByRule("bianchi", "logo"), stores.ByRule("bianchi", "test-document"), stores.ByRule("rossi", "logo"), stores.ByRule("rossi", "test-document")));
        foreach (var text in (string[])["ftp", "logo=ftp", "a=b=c", "s3 x="]) Assert.Throws<FormatException>(() => FileStores.Rules(text));
        Assert.Equal("local", FileStores.Rules("")[""]);
    }

    [Fact]
    public async Task an_organisation_chooses_among_the_stores_that_are_set_up_and_for_itself_alone()
    {
        await using var drive = await FakeDrive.Start();
        await using var own = await OwnServer.Start(drive.Settings(s => s with { FilesStore = "local" }), new TestFiles());
        var (clinic, other) = (await Clinic.Make(own.Salus), await Clinic.Make(own.Salus));
        async Task<string> Where(Clinic c, string place = "test-document") => (await c.Doctor.Send("a.png", Samples.Png(), "", place)).Is(201).Json[0].Str("store");
        Assert.Equal("local", await Where(clinic));
        (await clinic.Admin.Put("files/stores", new { place = "", store = "drive" })).Is(204);
        (await clinic.Admin.Put("files/stores", new { place = "test-picture", store = "local" })).Is(204);
        Assert.Equal(("drive", "local", "local"), (await Where(clinic), await Where(clinic, "test-picture"), await Where(other)));
        (await clinic.Admin.Put("files/stores", new { place = "", store = "" })).Is(204);
        Assert.Equal("local", await Where(clinic));
        (await clinic.Admin.Put("files/stores", new { place = "", store = "s3" })).RefusesField("store");
        (await clinic.Admin.Put("files/stores", new { place = "nowhere", store = "drive" })).RefusesField("place");
        (await clinic.Doctor.Put("files/stores", new { place = "", store = "drive" })).Refuses(403, "forbidden");
        Assert.Equal(3, (await clinic.Audit("files.choose-store")).Count(r => r.Result == "ok"));
    }

    [Fact]
    public async Task the_list_is_read_by_key_shows_no_names_and_nothing_of_others()
    {
        var (clinic, other) = (await host.NewClinic(), await host.NewClinic());
        await other.Doctor.Keep("foreign.pdf", Samples.Pdf);
        var ids = new List<Guid>();
        for (var i = 0; i < 5; i++) ids.Add(await clinic.Doctor.Keep($"rossi-anna-{i}.pdf", Samples.Pdf));
        ids.Reverse();
        var first = (await clinic.Admin.Get("files?limit=2")).Is(200);
        var second = (await clinic.Admin.Get($"files?limit=2&after={first.Next}")).Is(200);
        var third = (await clinic.Admin.Get($"files?limit=2&after={second.Next}")).Is(200);
        Assert.Equal(ids, first.Items.Concat(second.Items).Concat(third.Items).Select(i => i.Id()));
        Assert.Null(third.Next);
        Assert.DoesNotContain("rossi", first.Text, StringComparison.Ordinal);
        Assert.Equal(5, first["counts"].Number("all"));
        (await clinic.Admin.Get("files?limit=101")).RefusesField("limit");
        (await clinic.Doctor.Get("files")).Refuses(403, "forbidden");
    }

    [Fact]
    public async Task the_page_shows_states_filters_and_the_rule_and_its_forms_work_without_script()
    {
        var clinic = await host.NewClinic();
        var id = await clinic.Doctor.Keep("rossi.pdf", Samples.Pdf);
        (await clinic.Doctor.Put($"files/{id}/trash", new { })).Is(204);
        using var browser = new Browser(clinic.Salus);
        await browser.SignIn(clinic, "admin");
        foreach (var filter in Enum.GetNames<FileFilter>())
        {
            using var page = await browser.Get($"/{clinic.Slug}/manage/files?filter={filter}");
            var text = await page.Content.ReadAsStringAsync();
            Assert.True(page.IsSuccessStatusCode, $"{filter}: {page.StatusCode}");
            Assert.DoesNotContain("rossi", text, StringComparison.Ordinal);
            Assert.Equal(filter is "All" or "Trash" or "Unscanned", text.Contains($"data-file=\"{id}\"", StringComparison.Ordinal));
        }
        using var held = await browser.Submit($"/{clinic.Slug}/manage/files", $"/{clinic.Slug}/manage/files/{id}/hold", new() { ["held"] = "true" });
        Assert.Equal($"/{clinic.Slug}/manage/files?saved=true", held.Headers.Location!.OriginalString);
        Assert.True((await clinic.Admin.Get($"files/{id}")).Is(200)["legalHold"].GetBoolean());
        using var chosen = await browser.Submit($"/{clinic.Slug}/manage/files", $"/{clinic.Slug}/manage/files/stores", new() { ["place"] = "logo", ["store"] = "local" });
        Assert.Equal(System.Net.HttpStatusCode.Redirect, chosen.StatusCode);
        Assert.Equal(2, (await clinic.Audit()).Count(r => r.Action is "files.choose-store" or "file.hold"));
    }
}
