using System.Net;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Salus.Modules.Files.Contract;

namespace Salus.Tests.Files;

/// <summary>ReadFile, FileRecord, ReadPreview, LinkToFile and ReadLinkedFile: who gets a file, how it comes, and that nothing lies in the clear.</summary>
public sealed class DownloadTests(FilesHost host)
{
    [Fact]
    public async Task RX_12_only_whom_the_guard_lets_in_gets_it_and_for_all_others_it_does_not_exist()
    {
        var (clinic, other) = (await host.NewClinic(), await host.NewClinic());
        var id = await clinic.Doctor.Keep("a.pdf", Samples.Pdf);
        foreach (var path in (string[])[$"files/{id}", $"files/{id}/content"])
        {
            (await clinic.Doctor.Get(path)).Is(200);
            (await clinic.Admin.Get(path)).Is(200);
            (await clinic.Receptionist.Get(path)).Refuses(404, "not-found");
            (await other.At(clinic.Slug).Get(path)).Refuses(404, "not-found");
            (await other.Doctor.Get(path)).Refuses(404, "not-found");
            (await clinic.Anonymous.Get(path)).Refuses(401, "sign-in");
        }
        (await clinic.Receptionist.Post($"files/{id}/link")).Refuses(404, "not-found");
    }

    [Theory]
    [InlineData("/files/{0}.blob")] [InlineData("/data/files/{1}/{0}.blob")] [InlineData("/files/{1}/{0}.blob")] [InlineData("/files/open/{0}/{0}")] [InlineData("/files/..%2f{0}")]
    public async Task RX_12_a_guessed_path_leads_nowhere(string path)
    {
        var clinic = await host.NewClinic();
        var id = await clinic.Doctor.Keep("a.pdf", Samples.Pdf);
        var answer = await clinic.Doctor.Fetch(string.Format(System.Globalization.CultureInfo.InvariantCulture, path, id.ToString("N"), id.ToString("N")[^2..]));
        Assert.True(answer.Status is 404 or 400, $"{answer.Status}");
        Assert.Equal(404, (await clinic.Doctor.Fetch($"/files/open/{clinic.Id}/{id}")).Status); // no public place
    }

    [Fact]
    public async Task RX_13_neither_content_nor_name_is_found_in_a_blob_and_pictures_are_encrypted_too()
    {
        var clinic = await host.NewClinic();
        var (pdf, png) = (await clinic.Doctor.Keep("hiv-result.pdf", Samples.Pdf), await clinic.Doctor.Keep("a.png", Samples.Png()));
        foreach (var id in (Guid[])[pdf, png])
        {
            var blob = Encoding.Latin1.GetString(await File.ReadAllBytesAsync(FileCalls.BlobOf(clinic.Salus, id)));
            foreach (var words in (string[])["%PDF", Samples.Plain, "PNG", "IHDR", "hiv"]) Assert.DoesNotContain(words, blob, StringComparison.OrdinalIgnoreCase);
        }
        await using var db = clinic.Open();
        Assert.Empty(await db.Set<FilePreview>().Where(p => p.FileId == pdf).ToListAsync());
        var preview = (await db.Set<FilePreview>().SingleAsync(p => p.FileId == png)).Sealed;
        Assert.DoesNotContain("WEBP", Encoding.Latin1.GetString(preview), StringComparison.Ordinal);
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(FileCalls.BlobOf(clinic.Salus, pdf)));
    }

    [Fact]
    public async Task RX_15_a_private_file_is_kept_by_no_cache_and_can_never_act_as_a_page()
    {
        var clinic = await host.NewClinic();
        var id = await clinic.Doctor.Keep("Résultat final.pdf", Samples.Pdf);
        var (_, _, answer) = await clinic.Doctor.Fetch($"files/{id}/content");
        Assert.True(answer.Headers.CacheControl is { NoStore: true, Private: true, Public: false });
        Assert.Equal("nosniff", Header(answer, "X-Content-Type-Options"));
        Assert.Contains("sandbox", Header(answer, "Content-Security-Policy"), StringComparison.Ordinal);
        var disposition = Header(answer, "Content-Disposition");
        Assert.StartsWith("attachment; ", disposition, StringComparison.Ordinal);
        Assert.Contains("filename*=UTF-8''R%C3%A9sultat", disposition, StringComparison.Ordinal);
        Assert.StartsWith("inline", Header((await clinic.Doctor.Fetch($"files/{await clinic.Doctor.Keep("a.png", Samples.Png())}/content")).Answer, "Content-Disposition"), StringComparison.Ordinal);
    }

    private static string Header(HttpResponseMessage answer, string name) => string.Join(", ", answer.Headers.TryGetValues(name, out var own) ? own : answer.Content.Headers.GetValues(name));

    [Theory]
    [InlineData("bytes=0-9", 206, 0, 10)] [InlineData("bytes=65530-65545", 206, 65530, 16)] [InlineData("bytes=131072-", 206, 131072, 68928)] [InlineData("bytes=-5", 206, 199995, 5)] [InlineData("bytes=199999-300000", 206, 199999, 1)]
    [InlineData("bytes=200000-", 416, 0, 0)] [InlineData("nonsense", 200, 0, 200000)]
    public async Task any_range_of_a_file_can_be_asked_for(string range, int status, int from, int length)
    {
        var clinic = await host.NewClinic();
        var file = Samples.PdfOf(200_000);
        var id = await clinic.Doctor.Keep("a.pdf", file);
        var (got, bytes, answer) = await clinic.Doctor.Fetch($"files/{id}/content", ("Range", range));
        Assert.Equal(status, got);
        if (status < 400) Assert.Equal(file.AsSpan(from, length).ToArray(), bytes);
        if (status == 206) Assert.Equal($"bytes {from}-{from + length - 1}/200000", answer.Content.Headers.ContentRange!.ToString());
    }

    [Fact]
    public async Task whoever_reads_stands_in_the_log_with_the_file_and_what_it_belongs_to_and_without_its_name()
    {
        var clinic = await host.NewClinic();
        var subject = Guid.NewGuid();
        var form = new MultipartFormDataContent { { new StringContent(subject.ToString()), "subject" } };
        foreach (var part in FileCalls.Form(("secret-name.pdf", "", Samples.Pdf))) form.Add(part);
        var id = (await clinic.Doctor.Send("POST", "test-files/test-document", form)).Is(201).Json[0].Id();
        (await clinic.Doctor.Get($"files/{id}/content")).Is(200);
        (await clinic.Receptionist.Get($"files/{id}/content")).Is(404);
        var rows = await clinic.Audit("file.read");
        Assert.Equal([("ok", clinic.Account("doctor").Id), ("not-found", clinic.Account("receptionist").Id)], rows.Select(r => (r.Result, r.ActorId!.Value)));
        Assert.Equal([id, subject], rows[0].SubjectList());
        Assert.DoesNotContain((await clinic.Audit()).SelectMany(r => (string[])[r.Detail, r.Subjects, r.Action]), t => t.Contains("secret-name", StringComparison.Ordinal));
    }

    [Fact]
    public async Task what_cannot_be_logged_is_not_shown_and_a_preview_has_the_same_guard()
    {
        var clinic = await host.NewClinic();
        var id = await clinic.Doctor.Keep("a.jpg", Samples.Jpeg);
        using var browser = new Browser(clinic.Salus);
        await browser.SignIn(clinic, "doctor");
        using var preview = await browser.Get($"/{clinic.Slug}/files/{id}/preview");
        Assert.Equal((HttpStatusCode.OK, "image/webp", true), (preview.StatusCode, preview.Content.Headers.ContentType!.MediaType, preview.Headers.CacheControl!.NoStore));
        Assert.StartsWith("RIFF", Encoding.Latin1.GetString(await preview.Content.ReadAsByteArrayAsync()), StringComparison.Ordinal);
        Assert.Single(await clinic.Audit("file.preview"));
        using var whole = await browser.Get($"/{clinic.Slug}/files/{id}");
        Assert.Equal("image/jpeg", whole.Content.Headers.ContentType!.MediaType);
        using var desk = new Browser(clinic.Salus);
        await desk.SignIn(clinic, "receptionist");
        foreach (var path in (string[])["", "/preview"]) using (var hidden = await desk.Get($"/{clinic.Slug}/files/{id}{path}")) Assert.Equal(HttpStatusCode.NotFound, hidden.StatusCode);
    }

    [Fact]
    public async Task RX_12_a_link_holds_for_one_person_and_some_time_and_says_so_when_not()
    {
        var clinic = await host.NewClinic();
        var id = await clinic.Doctor.Keep("a.pdf", Samples.Pdf);
        var links = clinic.Salus.Services.GetRequiredService<FileLinks>();
        using var doctor = new Browser(clinic.Salus);
        await doctor.SignIn(clinic, "doctor");
        using var desk = new Browser(clinic.Salus);
        await desk.SignIn(clinic, "receptionist");
        using var nobody = new Browser(clinic.Salus);
        var path = (await clinic.Doctor.Post($"files/{id}/link")).Is(200)["path"].GetString()!;
        using (var opened = await doctor.Get(path)) Assert.Equal((HttpStatusCode.OK, Samples.Pdf.Length), (opened.StatusCode, (await opened.Content.ReadAsByteArrayAsync()).Length));
        using (var foreign = await desk.Get(path)) Assert.Equal(HttpStatusCode.Forbidden, foreign.StatusCode);
        using (var asked = await nobody.Get(path)) Assert.StartsWith("/account/sign-in", asked.Headers.Location!.OriginalString, StringComparison.Ordinal);
        var account = clinic.Account("doctor").Id;
        string[] bad =
        [
            links.Sign(clinic.Id, id, account, clinic.Salus.Now.AddSeconds(-1)), links.Sign(clinic.Id, id, clinic.Account("admin").Id, clinic.Salus.Now.AddHours(1)),
            path[..^1] + (path[^1] == 'A' ? 'B' : 'A'), path[..^4], path + "AAAA", "/files/s/" + new string('A', path.Length - 9), "/files/s/x",
            "/files/s/" + (path[9] == 'A' ? 'B' : 'A') + path[10..],
        ];
        foreach (var link in bad) using (var refused = await doctor.Get(link)) Assert.True(refused.StatusCode == HttpStatusCode.Forbidden, $"{link}: {refused.StatusCode}");
        Assert.Contains((await clinic.Salus.Database.Open().Set<Kernel.Audit.AuditEvent>().Where(e => e.ActorId == account && e.Action == "file.read-link").Select(e => e.Result).ToListAsync()), r => r == "file.link");
        (await clinic.Doctor.Put($"files/{id}/trash", new { })).Is(204);
        using var gone = await doctor.Get(path);
        Assert.Equal(HttpStatusCode.NotFound, gone.StatusCode);
    }

    [Fact]
    public async Task a_patient_far_from_the_clinic_may_be_given_a_link()
    {
        var (clinic, other) = (await host.NewClinic(), await host.NewClinic());
        var id = await clinic.Doctor.Keep("a.pdf", Samples.Pdf);
        using var browser = new Browser(clinic.Salus);
        await browser.SignIn(other, "doctor");
        using var opened = await browser.Get(clinic.Salus.Services.GetRequiredService<FileLinks>().Sign(clinic.Id, id, other.Account("doctor").Id, clinic.Salus.Now.AddHours(1)));
        Assert.Equal(Samples.Pdf, await opened.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task a_changed_or_lost_blob_is_never_sent_as_if_it_were_whole()
    {
        var clinic = await host.NewClinic();
        var (changed, lost, swapped, own) = (await clinic.Doctor.Keep("a.pdf", Samples.Pdf), await clinic.Doctor.Keep("b.pdf", Samples.Pdf), await clinic.Doctor.Keep("c.pdf", Samples.Pdf), await clinic.Doctor.Keep("d.pdf", Samples.Pdf));
        var bytes = await File.ReadAllBytesAsync(FileCalls.BlobOf(clinic.Salus, changed));
        bytes[40] ^= 1;
        await File.WriteAllBytesAsync(FileCalls.BlobOf(clinic.Salus, changed), bytes);
        File.Delete(FileCalls.BlobOf(clinic.Salus, lost));
        File.Copy(FileCalls.BlobOf(clinic.Salus, own), FileCalls.BlobOf(clinic.Salus, swapped), overwrite: true);
        foreach (var id in (Guid[])[changed, lost, swapped]) (await clinic.Doctor.Get($"files/{id}/content")).Refuses(500, "file.damaged");
        Assert.Equal(Samples.Pdf, (await clinic.Doctor.Fetch($"files/{own}/content")).Bytes);
    }

    [Fact]
    public async Task SE_15_downloads_are_limited()
    {
        await using var own = await OwnServer.Start(s => s with { DownloadLimit = Kernel.RateLimit.Parse("download", "2/min"), UploadLimit = Kernel.RateLimit.Parse("upload", "2/min") }, new TestFiles());
        var clinic = await Clinic.Make(own.Salus);
        var id = await clinic.Doctor.Keep("a.pdf", Samples.Pdf);
        await clinic.Doctor.Keep("a.pdf", Samples.Pdf);
        (await clinic.Doctor.Send("a.pdf", Samples.Pdf)).Refuses(429, "rate-limit");
        (await clinic.Doctor.Get($"files/{id}/content")).Is(200);
        (await clinic.Doctor.Get($"files/{id}/content")).Is(200);
        (await clinic.Doctor.Get($"files/{id}/content")).Refuses(429, "rate-limit");
        (await clinic.Admin.Get($"files/{id}/content")).Is(200);
    }
}
