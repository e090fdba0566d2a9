using System.Net;
using Microsoft.EntityFrameworkCore;
using Salus.Modules.Files.Contract;

namespace Salus.Tests.Files;

/// <summary>FileList: what other modules show of files, and that its forms work without script.</summary>
public sealed class FileListTests(FilesHost host)
{
    [Fact]
    public async Task a_list_shows_names_as_text_previews_of_pictures_and_every_state_in_words()
    {
        var clinic = await host.NewClinic();
        var (picture, bad, waits) = (await clinic.Doctor.Keep("photo.jpg", Samples.Jpeg), await clinic.Doctor.Keep("<script>alert(1)</script>.pdf", Samples.Pdf), await clinic.Doctor.Keep("c & d.pdf", Samples.PdfOf(3_000_000)));
        await clinic.Salus.Database.Write(clinic.Id, db => db.Files.Where(f => f.Id == bad).ExecuteUpdateAsync(s => s.SetProperty(f => f.ScanState, ScanState.Rejected)), default);
        await clinic.Salus.Database.Write(clinic.Id, db => db.Files.Where(f => f.Id == waits).ExecuteUpdateAsync(s => s.SetProperty(f => f.StoreState, StoreState.WaitingForRemote)), default);
        using var browser = new Browser(clinic.Salus);
        await browser.SignIn(clinic, "doctor");
        using var page = await browser.Get($"/{clinic.Slug}/test-files");
        var text = await page.Content.ReadAsStringAsync();
        Assert.Contains($"/{clinic.Slug}/files/{picture}/preview", text, StringComparison.Ordinal);
        Assert.DoesNotContain("<script>", text, StringComparison.Ordinal);
        Assert.Contains("c &amp; d.pdf", text, StringComparison.Ordinal);
        Assert.Contains("2.9 MB", text, StringComparison.Ordinal);
        foreach (var words in (string[])["Virus found, locked away", "Not yet stored remotely", "Not scanned for viruses"]) Assert.Contains(words, text, StringComparison.Ordinal);
        Assert.DoesNotContain($"href=\"/{clinic.Slug}/files/{bad}\"", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_file_is_removed_and_taken_back_by_plain_forms_that_lead_back_to_their_page()
    {
        var clinic = await host.NewClinic();
        var id = await clinic.Doctor.Keep("a.pdf", Samples.Pdf);
        using var browser = new Browser(clinic.Salus);
        await browser.SignIn(clinic, "doctor");
        var list = $"/{clinic.Slug}/test-files";
        foreach (var (step, isThere) in ((string, bool)[])[("trash", false), ("restore", true)])
        {
            using var sent = await browser.Submit(list, $"/{clinic.Slug}/files/{id}/{step}", new() { ["back"] = list });
            Assert.Equal((HttpStatusCode.Redirect, list), (sent.StatusCode, sent.Headers.Location!.OriginalString));
            Assert.Equal(isThere, (await clinic.Doctor.Get($"files/{id}")).Is(200)["deletedAt"].ValueKind == System.Text.Json.JsonValueKind.Null);
        }
        using var away = await browser.Submit(list, $"/{clinic.Slug}/files/{id}/trash", new() { ["back"] = "//evil.example/" });
        Assert.Equal("/", away.Headers.Location!.OriginalString);
        using var admin = new Browser(clinic.Salus);
        await admin.SignIn(clinic, "admin");
        using var seen = await admin.Get(list);
        Assert.DoesNotContain("/trash", await seen.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }
}
