using System.Text;
using Microsoft.EntityFrameworkCore;
using Salus.Modules.Files.Contract;

namespace Salus.Tests.Files;

/// <summary>Uploads: what is taken, what is refused, and that nothing is left of what was refused.</summary>
public sealed class UploadTests(FilesHost host)
{
    public static TheoryData<string, string> Taken => new() { { "a.pdf", "application/pdf" }, { "a.JPG", "image/jpeg" }, { "a.jpeg", "" }, { "a.png", "application/octet-stream" }, { "a.webp", "image/webp" }, { "a.tiff", "image/tiff" }, { "a.docx", "application/zip" }, { "a.doc", "application/msword" }, { "a.dcm", "application/dicom" } };

    private static byte[] SampleOf(string name) => Path.GetExtension(name).ToLowerInvariant() switch
    {
        ".pdf" => Samples.Pdf, ".jpg" or ".jpeg" => Samples.Jpeg, ".png" => Samples.Png(), ".webp" => Samples.Webp, ".tiff" => Samples.Tiff, ".docx" => Samples.Docx,
        ".doc" => [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1, .. new byte[90_000], .. Encoding.Unicode.GetBytes("WordDocument")],
        _ => [.. new byte[128], .. "DICM"u8, .. new byte[40]],
    };

    [Theory, MemberData(nameof(Taken))]
    public async Task every_kind_that_a_place_takes_comes_back_as_it_is_or_as_the_same_picture(string name, string type)
    {
        var clinic = await host.NewClinic();
        var sent = (await clinic.Doctor.Send(name, SampleOf(name), type)).Is(201).Json[0];
        Assert.Equal((name, "not-scanned", "here"), (sent.Str("name"), sent.Str("scan"), sent.Str("storeState")));
        var (status, bytes, answer) = await clinic.Doctor.Fetch($"files/{sent.Id()}/content");
        Assert.Equal((200, sent.Str("mime")), (status, answer.Content.Headers.ContentType!.MediaType));
        if (!FileType.Of(sent.Str("type")).IsPicture) Assert.Equal(SampleOf(name), bytes);
        else Assert.Equal((sent.Number("width"), sent.Number("height")), name.EndsWith(".png", StringComparison.Ordinal) ? (40, 30) : (16, 8));
        Assert.Equal(sent.Str("sha256"), Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(bytes)));
    }

    [Theory]
    [InlineData("report.pdf", "application/pdf")] [InlineData("report.jpg", "")] [InlineData("report.docx", "")] [InlineData("report.doc", "")] [InlineData("report.dcm", "")] [InlineData("report.png", "image/png")]
    public async Task RX_07_an_executable_is_refused_whatever_it_is_called(string name, string type) =>
        await Refuses(Samples.Exe, name, type, 415, "file.type");

    [Fact]
    public async Task RX_07_content_name_and_declared_type_must_agree()
    {
        await Refuses(Samples.Pdf, "a.png", "", 415, "file.type");
        await Refuses(Samples.Png(), "a.jpg", "", 415, "file.type");
        await Refuses(Samples.Pdf, "a.pdf", "image/png", 415, "file.type");
        await Refuses(Samples.Pdf, "a.pdf", "text/html", 415, "file.type");
        await Refuses(Samples.Zip("META-INF/MANIFEST.MF", "a.class"), "a.docx", "", 415, "file.type");
        await Refuses(Samples.Zip("[Content_Types].xml", "xl/workbook.xml"), "a.docx", "", 415, "file.type");
        await Refuses(Samples.Zip("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"), "a.docx", "", 415, "file.type");
        await Refuses([.. "PK\u0003\u0004"u8, .. new byte[600]], "a.docx", "", 415, "file.type");
    }

    [Theory, InlineData("a.svg", "image/svg+xml")] [InlineData("a.exe", "")] [InlineData("a.html", "text/html")] [InlineData("a", "")] [InlineData("a.pdf.exe", "")] [InlineData(".pdf ", "application/x")]
    public async Task RX_08_another_ending_is_refused_and_the_answer_names_what_is_taken(string name, string type)
    {
        var refusal = await Refuses(Samples.Exe, name, type, 415, "file.type");
        Assert.Contains("PDF, JPEG, PNG", refusal["detail"].GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task RX_09_ten_megabytes_are_taken_and_one_byte_more_is_not()
    {
        var clinic = await host.NewClinic();
        (await clinic.Doctor.Send("a.pdf", Samples.PdfOf(10 * 1024 * 1024))).Is(201);
        await Refuses(Samples.PdfOf(10 * 1024 * 1024 + 1), "a.pdf", "", 413, "file.too-large");
    }

    [Fact]
    public async Task RX_10_a_request_of_sixty_megabytes_is_refused()
    {
        var clinic = await host.NewClinic();
        var six = Enumerable.Range(0, 6).Select(i => ($"{i}.pdf", "", Samples.PdfOf(10 * 1024 * 1024))).ToArray();
        (await clinic.Doctor.Send("POST", "test-files/test-document", FileCalls.Form(six), ("Expect", "100-continue"))).Refuses(413, "too-large");
        await NothingIsLeft(clinic);
    }

    [Fact]
    public async Task an_empty_file_no_file_and_too_many_are_refused()
    {
        var clinic = await host.NewClinic();
        await Refuses([], "a.pdf", "", 422, "file.empty");
        (await clinic.Doctor.Send("POST", "test-files/test-document", new MultipartFormDataContent { { new StringContent("x"), "subject" } })).Refuses(422, "file.none");
        var four = Enumerable.Range(0, 4).Select(i => ($"{i}.png", "", Samples.Png())).ToArray();
        (await clinic.Doctor.Send("POST", "test-files/test-picture", FileCalls.Form(four))).Refuses(422, "file.too-many");
        (await clinic.Doctor.Send("POST", "test-files/test-document", new StringContent("{}", Encoding.UTF8, "application/json"))).Refuses(415, "file.type");
        (await clinic.Doctor.Send("POST", "test-files/test-document", "not a form at all", ("Content-Type", "multipart/form-data; boundary=x"))).Is(415);
        await NothingIsLeft(clinic);
    }

    [Fact]
    public async Task one_bad_file_among_good_ones_keeps_none_of_them()
    {
        var clinic = await host.NewClinic();
        (await clinic.Doctor.Send("POST", "test-files/test-document", FileCalls.Form(("a.pdf", "", Samples.Pdf), ("b.png", "", Samples.Exe)))).Refuses(415, "file.type");
        await NothingIsLeft(clinic);
        Assert.Equal(2, (await clinic.Doctor.Send("POST", "test-files/test-document", FileCalls.Form(("a.pdf", "", Samples.Pdf), ("b.png", "", Samples.Png())))).Is(201).Json.GetArrayLength());
    }

    [Fact]
    public async Task when_the_transaction_is_refused_neither_row_nor_blob_is_left()
    {
        var clinic = await host.NewClinic();
        var form = FileCalls.Form(("a.pdf", "", Samples.Pdf));
        form.Add(new StringContent("yes"), "fail");
        (await clinic.Doctor.Send("POST", "test-files/test-document", form)).Refuses(409, "test.fails");
        await NothingIsLeft(clinic);
    }

    [Fact]
    public async Task the_same_upload_sent_twice_with_one_key_is_kept_once()
    {
        var clinic = await host.NewClinic();
        var (first, second) = (await clinic.Doctor.Send("a.pdf", Samples.Pdf, headers: ("Idempotency-Key", "k1")), await clinic.Doctor.Send("a.pdf", Samples.Pdf, headers: ("Idempotency-Key", "k1")));
        Assert.Equal(first.Is(201).Json[0].Id(), second.Is(201).Json[0].Id());
        (await clinic.Doctor.Send("a.pdf", Samples.PdfOf(500), headers: ("Idempotency-Key", "k1"))).Refuses(422, "idempotency.mismatch");
        await using var db = clinic.Open();
        Assert.Equal(1, await db.Files.CountAsync());
        Assert.Single(await Ids(clinic));
    }

    [Fact]
    public async Task an_upload_that_breaks_off_leaves_nothing()
    {
        await using var own = await OwnServer.Start(null, new TestFiles());
        var clinic = await Clinic.Make(own.Salus);
        using var request = clinic.Doctor.Request("POST", "test-files/test-document");
        using var stop = new CancellationTokenSource();
        request.Content = new BreaksOff(FileCalls.Form(("a.pdf", "", Samples.PdfOf(3_000_000))), () => Wait.Until(() => Task.FromResult(FileCalls.Blobs(own.Salus).Count > 0)), stop);
        await Assert.ThrowsAnyAsync<Exception>(() => clinic.Doctor.Http.SendAsync(request, stop.Token));
        await Wait.Until(() => Task.FromResult(FileCalls.Blobs(own.Salus).Count == 0));
    }

    /// <summary>Sends half of a body, and when that has arrived the line is cut.</summary>
    private sealed class BreaksOff(HttpContent whole, Func<Task> arrived, CancellationTokenSource stop) : HttpContent
    {
        protected override async Task SerializeToStreamAsync(Stream stream, System.Net.TransportContext? context)
        {
            var bytes = await whole.ReadAsByteArrayAsync();
            await stream.WriteAsync(bytes.AsMemory(0, bytes.Length / 2));
            await stream.FlushAsync();
            await arrived();
            await stop.CancelAsync();
            throw new IOException("The line is cut.");
        }

        protected override bool TryComputeLength(out long length)
        {
            Headers.ContentType = whole.Headers.ContentType;
            length = 0;
            return false;
        }
    }

    [Theory]
    [InlineData("../../etc/passwd.pdf", "passwd.pdf")] [InlineData("C:\\\\Users\\\\anna\\\\scan.pdf", "scan.pdf")] [InlineData("invoice\u202Efdp.pdf", "invoicefdp.pdf")] [InlineData("a:b*c?.pdf", "a_b_c_.pdf")]
    [InlineData("...hidden.pdf", "hidden.pdf")]
    public async Task a_name_is_only_a_name(string sent, string kept)
    {
        var clinic = await host.NewClinic();
        var file = (await clinic.Doctor.Send("POST", "test-files/test-document?name=" + Uri.EscapeDataString(sent), Raw(Samples.Pdf, "application/pdf"))).Is(201).Json[0];
        Assert.Equal(kept, file.Str("name"));
    }

    [Fact]
    public async Task a_name_with_a_null_byte_or_of_three_hundred_characters_is_cleaned()
    {
        Assert.Equal("a.exe.pdf", FileNames.Clean("a.exe\0.pdf"));
        Assert.Equal(("file", "file", "file"), (FileNames.Clean("\0"), FileNames.Clean("../.."), FileNames.Clean(null)));
        var clinic = await host.NewClinic();
        var name = (await clinic.Doctor.Send(new string('x', 300) + ".pdf", Samples.Pdf)).Is(201).Json[0].Str("name");
        Assert.Equal((FileNames.Most, true), (name.Length, name.EndsWith("x.pdf", StringComparison.Ordinal)));
        Assert.False(char.IsSurrogate(FileNames.Clean(string.Concat(Enumerable.Repeat("\U0001F600", 100)))[^1]) && char.IsHighSurrogate(FileNames.Clean(string.Concat(Enumerable.Repeat("\U0001F600", 100)))[^1]));
    }

    [Fact]
    public async Task a_program_may_send_the_file_as_the_whole_body()
    {
        var clinic = await host.NewClinic();
        var named = (await clinic.Doctor.Send("POST", "test-files/test-document", Raw(Samples.Pdf, "application/pdf", "attachment; filename*=UTF-8''r%C3%A9sultat.pdf"))).Is(201).Json[0];
        Assert.Equal("résultat.pdf", named.Str("name"));
        Assert.Equal("file.png", (await clinic.Doctor.Send("POST", "test-files/test-document", Raw(Samples.Png(), "image/png"))).Is(201).Json[0].Str("name"));
        (await clinic.Doctor.Send("POST", "test-files/test-document", Raw(Samples.Pdf, "application/octet-stream"))).Refuses(415, "file.type");
    }

    private static ByteArrayContent Raw(byte[] bytes, string type, string? disposition = null)
    {
        var content = new ByteArrayContent(bytes);
        content.Headers.ContentType = new(type);
        if (disposition is not null) content.Headers.TryAddWithoutValidation("Content-Disposition", disposition);
        return content;
    }

    private async Task<Answer> Refuses(byte[] bytes, string name, string type, int status, string code)
    {
        var clinic = await host.NewClinic();
        var answer = (await clinic.Doctor.Send(name, bytes, type)).Refuses(status, code);
        await NothingIsLeft(clinic);
        return answer;
    }

    private static async Task NothingIsLeft(Clinic clinic) => Assert.Empty(await Ids(clinic));

    /// <summary>The rows of a clinic; and each has its blob.</summary>
    private static async Task<List<Guid>> Ids(Clinic clinic)
    {
        await using var db = clinic.Open();
        var ids = await db.Files.Select(f => f.Id).ToListAsync();
        foreach (var id in ids) Assert.True(File.Exists(FileCalls.BlobOf(clinic.Salus, id)));
        return ids;
    }
}
