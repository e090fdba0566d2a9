using System.Buffers.Binary;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Salus.Modules.Accounts.Contract;
using Salus.Modules.Accounts.Profile;

namespace Salus.Tests.Accounts;

/// <summary>OwnProfile, ChangeProfile, ChangePicture, DeactivateOwn, SetAccountActive and AccountList.</summary>
public sealed class ProfileTests(SalusServer server)
{
    [Fact]
    public async Task ID_36_what_one_tells_of_oneself_is_kept()
    {
        var clinic = await server.NewClinic();
        (await clinic.Doctor.Put("/api/v1/auth/profile", new { name = "  Dr  Ada <b>Neri</b> ", bio = "Hands & hearts", phone = "+39 055 123 4567", mailsNewDevices = false })).Is(204);
        var profile = (await clinic.Doctor.Get("/api/v1/auth/profile")).Is(200);
        Assert.Equal(("Dr Ada <b>Neri</b>", "Hands & hearts", "+390551234567", false), (profile["name"].GetString(), profile["bio"].GetString(), profile["phone"].GetString(), profile["mailsNewDevices"].GetBoolean()));
        using var browser = new Browser(clinic.Salus);
        await browser.SignIn(clinic, "doctor");
        using var page = await browser.Get("/account/profile");
        Assert.Contains("Dr Ada &lt;b&gt;Neri&lt;/b&gt;", await page.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        (await clinic.Doctor.Put("/api/v1/auth/profile", new { name = "  ", bio = "" })).RefusesField("name");
        (await clinic.Doctor.Put("/api/v1/auth/profile", new { name = "Ada", phone = "12" })).RefusesField("phone");
        (await clinic.Doctor.Put("/api/v1/auth/profile", new { name = "Ada", bio = new string('x', 501) })).RefusesField("bio");
        (await clinic.Anonymous.Get("/api/v1/auth/profile")).Refuses(401, "sign-in");
        (await clinic.Display.Get("/api/v1/auth/profile")).Is(401);
    }

    /// <summary>A PNG of one point, with a place written beside it.</summary>
    private static byte[] Png(int width = 1, string extra = "GPS 43.77,11.25")
    {
        var file = new MemoryStream();
        file.Write([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]);
        void Chunk(string name, byte[] content)
        {
            Span<byte> number = stackalloc byte[4];
            BinaryPrimitives.WriteInt32BigEndian(number, content.Length);
            file.Write(number);
            file.Write(Encoding.ASCII.GetBytes(name));
            file.Write(content);
            file.Write([0, 0, 0, 0]);
        }
        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), 1);
        Chunk("IHDR", header);
        Chunk("tEXt", Encoding.ASCII.GetBytes(extra));
        Chunk("IDAT", [1, 2, 3]);
        Chunk("IEND", []);
        file.Write(Encoding.ASCII.GetBytes("<script>behind the end</script>"));
        return file.ToArray();
    }

    /// <summary>The segments of a JPEG of 16 by 16 points, with EXIF and a comment.</summary>
    private static byte[] Jpeg(ushort side = 16) =>
    [
        0xFF, 0xD8, 0xFF, 0xE0, 0, 4, 1, 1, 0xFF, 0xE1, 0, 12, .. Encoding.ASCII.GetBytes("Exif GPS 43"[..10]), 0xFF, 0xFE, 0, 6, .. Encoding.ASCII.GetBytes("note"),
        0xFF, 0xC0, 0, 11, 8, (byte)(side >> 8), (byte)side, (byte)(side >> 8), (byte)side, 1, 1, 0x11, 0, 0xFF, 0xDA, 0, 4, 1, 1, 9, 9, 9, 0xFF, 0xD9, .. Encoding.ASCII.GetBytes("<script>"),
    ];

    private static async Task<Answer> Send(Caller caller, byte[] picture)
    {
        var content = new ByteArrayContent(picture);
        content.Headers.ContentType = new MediaTypeHeaderValue("image/png");
        return await caller.Put("/api/v1/auth/profile/picture", content);
    }

    [Fact]
    public async Task ID_36_a_picture_is_kept_without_what_the_camera_wrote_beside_it()
    {
        var clinic = await server.NewClinic();
        (await clinic.Doctor.Get("/api/v1/auth/profile/picture")).Refuses(404, "not-found");
        (await Send(clinic.Doctor, Png())).Is(204);
        var kept = (await clinic.Doctor.Get("/api/v1/auth/profile/picture")).Is(200);
        Assert.Equal("image/png", kept.Headers["Content-Type"]);
        Assert.Equal("nosniff", kept.Headers["X-Content-Type-Options"]);
        Assert.Contains("IDAT", kept.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("GPS", kept.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("script", kept.Text, StringComparison.Ordinal);
        (await Send(clinic.Doctor, Jpeg())).Is(204);
        var jpeg = (await clinic.Doctor.Get("/api/v1/auth/profile/picture")).Is(200);
        Assert.Equal("image/jpeg", jpeg.Headers["Content-Type"]);
        foreach (var trace in (string[])["Exif", "GPS", "note", "script"]) Assert.DoesNotContain(trace, jpeg.Text, StringComparison.Ordinal);
        (await clinic.SecondDoctor.Get("/api/v1/auth/profile/picture")).Refuses(404, "not-found");
        (await clinic.Doctor.Delete("/api/v1/auth/profile/picture")).Is(204);
        (await clinic.Doctor.Get("/api/v1/auth/profile/picture")).Refuses(404, "not-found");
    }

    [Fact]
    public async Task what_is_no_picture_is_refused()
    {
        var clinic = await server.NewClinic();
        byte[][] none = [[], [1, 2, 3], Encoding.ASCII.GetBytes("<svg onload=alert(1)>"), Encoding.ASCII.GetBytes("GIF89a"), Png(5000), Jpeg(5000), Png()[..20], Png()[..^60], Jpeg()[..20], Jpeg()[..^12], [.. Png()[..8], 0x7F, 0xFF, 0xFF, 0xFF, 73, 72, 68, 82]];
        foreach (var file in none) (await Send(clinic.Doctor, file)).RefusesField("picture");
        try { (await Send(clinic.Doctor, new byte[Picture.MostBytes + 10])).Is(413); }
        catch (HttpRequestException) { } // the server answers by the announced length and hangs up, while the file is still being sent
        Assert.All(Enumerable.Range(0, 300), i =>
        {
            var broken = i % 2 == 0 ? Png() : Jpeg();
            new Random(i).NextBytes(broken.AsSpan(8 + i % (broken.Length - 12), 4));
            _ = Picture.Clean(broken); // whatever it says, it ends and throws nothing
        });
    }

    [Fact]
    public async Task a_message_comes_when_a_new_device_signs_in_unless_one_wants_none()
    {
        var clinic = await server.NewClinic();
        async Task<int> Mails() => (await clinic.Salus.Mailbox(clinic.Account("doctor").Email!)).Count(m => m.Text.Contains("was not used before", StringComparison.Ordinal));
        using (var first = new Browser(clinic.Salus)) await first.SignIn(clinic, "doctor");
        Assert.Equal(0, await Mails());
        using (var second = new Browser(clinic.Salus))
        {
            await second.SignIn(clinic, "doctor");
            await Wait.Until(async () => await Mails() == 1);
            await second.SignIn(clinic, "doctor");
            Assert.Equal(1, await Mails());
        }
        (await clinic.Doctor.Put("/api/v1/auth/profile", new { name = "Ada", mailsNewDevices = false })).Is(204);
        using (var third = new Browser(clinic.Salus)) await third.SignIn(clinic, "doctor");
        Assert.Equal(1, await Mails());
    }

    [Fact]
    public async Task ID_40_who_closes_the_account_is_out_at_once_and_an_owner_opens_it_again()
    {
        await using var own = await OwnServer.Start();
        var clinic = await Clinic.Make(own.Salus);
        (await clinic.Doctor.Post("/api/v1/auth/deactivate")).Is(204);
        (await clinic.Doctor.Get("patients")).Refuses(401, "sign-in");
        (await clinic.Anonymous.Post("/api/v1/auth/token", new { email = clinic.Account("doctor").Email, password = RunningSalus.Password })).Refuses(401, "sign-in.failed");
        var owner = await own.Salus.Owner();
        (await own.Salus.As(owner, "x").Post("/api/v1/auth/deactivate")).Refuses(409, "account.last-owner");
        await own.Salus.Database.Write(null, async db => { (await db.Accounts.SingleAsync(a => a.Id == clinic.Account("second-doctor").Id)).IsPlatformOwner = true; return await db.SaveChangesAsync(); }, default);
        (await clinic.Admin.Post("/api/v1/auth/deactivate")).Is(204); // the owner is an administrator too, and now the only one
        (await own.Salus.As(owner, "x").Post("/api/v1/auth/deactivate")).Refuses(409, "staff.last-admin");
        using var browser = new Browser(own.Salus);
        using (var _ = await browser.TrySignIn(owner.Email!, RunningSalus.Password)) { }
        using (var list = await browser.Get($"/platform/accounts?q={clinic.Account("doctor").Email}")) Assert.Contains("Person doctor", await list.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        using (var opened = await browser.Submit("/platform/accounts", $"/platform/accounts/{clinic.Account("doctor").Id}", new() { ["active"] = "true" })) Assert.Equal(HttpStatusCode.Redirect, opened.StatusCode);
        (await clinic.Anonymous.Post("/api/v1/auth/token", new { email = clinic.Account("doctor").Email, password = RunningSalus.Password })).Is(200);
        using (var closed = await browser.Submit("/platform/accounts", $"/platform/accounts/{clinic.Account("receptionist").Id}", new() { ["active"] = "false" })) Assert.Equal(HttpStatusCode.Redirect, closed.StatusCode);
        (await clinic.Receptionist.Get("patients")).Refuses(401, "sign-in");
        using var stranger = new Browser(own.Salus);
        await stranger.SignIn(clinic, "doctor");
        using var hidden = await stranger.Get("/platform/accounts");
        Assert.Equal(HttpStatusCode.NotFound, hidden.StatusCode);
    }
}
