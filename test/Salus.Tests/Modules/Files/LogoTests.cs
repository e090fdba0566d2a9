using System.Net;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Salus.Modules.Files.Contract;

namespace Salus.Tests.Files;

/// <summary>SetLogo: a public picture, through the API and the form of the settings page.</summary>
public sealed class LogoTests(SalusServer server)
{
    private static MultipartFormDataContent FormOf(string? token, bool tokenFirst, byte[] picture)
    {
        var form = new MultipartFormDataContent();
        if (tokenFirst && token is not null) form.Add(new StringContent(token), "__RequestVerificationToken");
        form.Add(new ByteArrayContent(picture), "files", "logo.png");
        if (!tokenFirst && token is not null) form.Add(new StringContent(token), "__RequestVerificationToken");
        return form;
    }

    [Fact]
    public async Task RX_15_the_logo_is_public_and_may_be_kept_and_asked_for_again_by_its_ETag()
    {
        var clinic = await server.NewClinic();
        var set = (await clinic.Admin.Send("PUT", "logo", new ByteArrayContent(Samples.Png(900, 300)) { Headers = { ContentType = new("image/png") } })).Is(200);
        Assert.Equal((600, 200), (set["width"].GetInt32(), set["height"].GetInt32()));
        var path = $"/files/open/{clinic.Id}/{set.Id}";
        var (status, bytes, answer) = await clinic.Anonymous.Fetch(path);
        Assert.Equal((200, (600, 200)), (status, Samples.SizeOf(bytes)));
        Assert.Equal("public, max-age=604800", answer.Headers.CacheControl!.ToString());
        Assert.Contains("inline", answer.Content.Headers.ContentDisposition!.ToString(), StringComparison.Ordinal);
        Assert.Equal(304, (await clinic.Anonymous.Fetch(path, ("If-None-Match", answer.Headers.ETag!.ToString()))).Status);
        Assert.Equal(200, (await clinic.Anonymous.Fetch(path, ("If-None-Match", "\"other\""))).Status);
        (await clinic.Admin.Delete("logo")).Is(204);
        Assert.Equal(404, (await clinic.Anonymous.Fetch(path)).Status);
        Assert.Equal(["set", "removed"], (await clinic.Audit("organisation.set-logo")).Select(r => r.Detail));
    }

    [Fact]
    public async Task a_new_logo_sends_the_one_before_to_the_trash_and_only_managers_set_one()
    {
        var clinic = await server.NewClinic();
        (await clinic.Doctor.Send("PUT", "logo", FormOf(null, false, Samples.Png()))).Refuses(403, "forbidden");
        var first = (await clinic.Admin.Send("PUT", "logo", FormOf(null, false, Samples.Png()))).Is(200);
        var second = (await clinic.Admin.Send("PUT", "logo", FormOf(null, false, Samples.Png(50, 50)))).Is(200);
        Assert.NotNull((await clinic.Doctor.Get($"files/{first.Id}")).Is(200)["deletedAt"].GetString());
        Assert.Null((await clinic.Doctor.Get($"files/{second.Id}")).Is(200)["deletedAt"].GetString());
        (await clinic.Admin.Send("PUT", "logo", new ByteArrayContent(Samples.Pdf) { Headers = { ContentType = new("application/pdf") } })).Refuses(415, "file.type");
    }

    [Fact]
    public async Task the_logo_stands_on_papers_and_on_the_pages_that_are_printed_instead_until_it_is_taken_away()
    {
        Assert.SkipUnless(Paper.CanBeRead, Paper.Missing);
        var clinic = await server.NewClinic();
        var document = $"encounters/{await clinic.Visit("Anna Rossi")}/documents/summary";
        async Task<byte> Light()
        {
            using var paper = await Paper.Get(clinic.Doctor, document);
            Assert.Contains("Anna Rossi", await paper.Text(), StringComparison.Ordinal);
            return await paper.LightAt(48 + 72, 48 + 24);
        }
        async Task<string> Page() => System.Text.Encoding.UTF8.GetString((await clinic.Doctor.Fetch($"/api/v1/orgs/{clinic.Slug}/{document}", ("Accept", "text/html"))).Bytes);
        var bare = await Light();
        Assert.DoesNotContain("/files/open/", await Page(), StringComparison.Ordinal);
        var logo = (await clinic.Admin.Send("PUT", "logo", new ByteArrayContent(Samples.Png(300, 100)) { Headers = { ContentType = new("image/png") } })).Is(200);
        Assert.Equal(255, bare);
        Assert.InRange(await Light(), 115, 145);
        Assert.Contains($"/files/open/{clinic.Id}/{logo.Id}", await Page(), StringComparison.Ordinal);
        // Whose content is lost holds no paper up.
        (await clinic.Admin.Send("PUT", "logo", new ByteArrayContent(Samples.Png(200, 100)) { Headers = { ContentType = new("image/png") } })).Is(200);
        await using (var db = clinic.Open()) await db.Files.Where(f => f.DeletedAt == null).ExecuteUpdateAsync(set => set.SetProperty(f => f.Key, Convert.ToBase64String(new byte[60])));
        Assert.Equal(255, await Light());
        (await clinic.Admin.Delete("logo")).Is(204);
        Assert.Equal(255, await Light());
    }

    private sealed class Broken : Salus.Web.Printing.ILogos
    {
        public Task<Salus.Web.Printing.PrintLogo?> Of(Guid organisation, CancellationToken ct) => Task.FromResult<Salus.Web.Printing.PrintLogo?>(new([1, 2, 3], "/files/open/x"));
    }

    [Fact]
    public async Task a_logo_that_cannot_be_read_leaves_the_paper_without_one()
    {
        Assert.SkipUnless(Paper.CanBeRead, Paper.Missing);
        await using var own = await OwnServer.Start(services => services.AddSingleton<Salus.Web.Printing.ILogos>(new Broken()));
        var clinic = await Clinic.Make(own.Salus);
        using var paper = await Paper.Get(clinic.Doctor, $"encounters/{await clinic.Visit("Anna Rossi")}/documents/summary");
        Assert.Contains("Anna Rossi", await paper.Text(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task the_form_of_the_settings_page_takes_a_picture_without_script()
    {
        var clinic = await server.NewClinic();
        using var browser = new Browser(clinic.Salus);
        await browser.SignIn(clinic, "admin");
        var settings = $"/{clinic.Slug}/manage/settings";
        using var sent = await browser.Send($"/{clinic.Slug}/manage/logo", FormOf(await browser.TokenOf(settings), true, Samples.Png()));
        Assert.Equal((HttpStatusCode.Redirect, settings), (sent.StatusCode, sent.Headers.Location!.OriginalString));
        using var page = await browser.Get(settings);
        Assert.Contains($"/files/open/{clinic.Id}/", await page.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        using var removed = await browser.Submit(settings, $"/{clinic.Slug}/manage/logo/remove", []);
        Assert.Equal(HttpStatusCode.Redirect, removed.StatusCode);
        using var after = await browser.Get(settings);
        Assert.DoesNotContain("/files/open/", await after.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task SE_01_a_form_with_files_needs_its_token_before_the_first_file()
    {
        var clinic = await server.NewClinic();
        using var browser = new Browser(clinic.Salus);
        await browser.SignIn(clinic, "admin");
        var token = await browser.TokenOf($"/{clinic.Slug}/manage/settings");
        foreach (var form in (MultipartFormDataContent[])[FormOf(null, true, Samples.Png()), FormOf(token, false, Samples.Png()), FormOf("forged", true, Samples.Png())])
        {
            using var refused = await browser.Send($"/{clinic.Slug}/manage/logo", form);
            Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        }
        await using var db = clinic.Open();
        Assert.Empty(await db.Files.ToListAsync());
    }
}
