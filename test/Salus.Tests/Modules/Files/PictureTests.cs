using System.Text;

namespace Salus.Tests.Files;

/// <summary>Pictures are written anew: what a camera or an attacker put beside the points is gone, and nothing huge is decoded.</summary>
public sealed class PictureTests(FilesHost host)
{
    private static async Task<byte[]> Back(Clinic clinic, string name, byte[] picture, string place = "test-document") =>
        (await clinic.Doctor.Fetch($"files/{await clinic.Doctor.Keep(name, picture, place)}/content")).Bytes;

    [Fact]
    public async Task where_and_when_a_photograph_was_taken_is_gone_and_it_stands_upright()
    {
        var clinic = await host.NewClinic();
        var sent = Samples.JpegWithExif("GPS 43.7696 N 11.2558 E, Anna's phone");
        var back = await Back(clinic, "photo.jpg", sent);
        Assert.Contains("Anna", Encoding.Latin1.GetString(sent), StringComparison.Ordinal);
        foreach (var words in (string[])["Anna", "GPS", "Exif"]) Assert.DoesNotContain(words, Encoding.Latin1.GetString(back), StringComparison.Ordinal);
        Assert.Equal(((16, 8), (8, 16)), (Samples.SizeOf(Samples.Jpeg), Samples.SizeOf(back)));
    }

    [Fact]
    public async Task a_polyglot_loses_its_other_half()
    {
        var clinic = await host.NewClinic();
        var sent = Samples.PngWithSecrets("<script>alert(1)</script>", [.. Samples.Zip("evil.js"), .. "<?php system('id'); ?>"u8]);
        var back = Encoding.Latin1.GetString(await Back(clinic, "a.png", sent));
        foreach (var words in (string[])["<script>", "<?php", "evil.js", "PK\u0003\u0004", "tEXt"]) Assert.DoesNotContain(words, back, StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_picture_is_made_as_small_as_its_place_wants_and_never_larger()
    {
        var clinic = await host.NewClinic();
        Assert.Equal((1200, 300), Samples.SizeOf(await Back(clinic, "wide.png", Samples.Png(2400, 600), "test-picture")));
        Assert.Equal((40, 30), Samples.SizeOf(await Back(clinic, "small.png", Samples.Png(40, 30), "test-picture")));
        Assert.Equal((2400, 600), Samples.SizeOf(await Back(clinic, "wide.png", Samples.Png(2400, 600))));
    }

    [Fact]
    public async Task an_image_bomb_is_refused_by_the_size_it_claims_before_it_is_decoded()
    {
        var clinic = await host.NewClinic();
        (await clinic.Doctor.Send("bomb.png", Samples.PngOf(50_000, 50_000, new byte[2000]))).Refuses(422, "file.picture-size");
        (await clinic.Doctor.Send("bomb.png", Samples.PngOf(8001, 8001, new byte[2000]))).Refuses(422, "file.picture-size");
        Assert.Empty(await Left(clinic));
    }

    [Theory, InlineData("a.png")] [InlineData("a.jpg")] [InlineData("a.webp")] [InlineData("a.tiff")]
    public async Task a_broken_picture_is_refused(string name)
    {
        var clinic = await host.NewClinic();
        var whole = Path.GetExtension(name) switch { ".png" => Samples.Png(200, 200), ".jpg" => Samples.Jpeg, ".webp" => Samples.Webp, _ => Samples.Tiff };
        (await clinic.Doctor.Send(name, whole[..(whole.Length / 2)])).Refuses(422, "file.picture");
        (await clinic.Doctor.Send(name, [.. whole[..14], .. new byte[500]])).Refuses(422, "file.picture");
        Assert.Empty(await Left(clinic));
    }

    [Fact]
    public async Task a_photograph_of_eight_megabytes_is_taken_by_several_at_once()
    {
        var clinic = await host.NewClinic();
        var picture = Samples.Png(2300, 1200);
        Assert.True(picture.Length is > 5_000_000 and < 10 * 1024 * 1024, $"{picture.Length}");
        var all = await Task.WhenAll(Enumerable.Range(0, 6).Select(i => clinic.Doctor.Send($"{i}.png", picture, "", "test-picture")));
        Assert.All(all, a => Assert.Equal((1200, 626), (a.Is(201).Json[0].Number("width"), a.Json[0].Number("height"))));
        Assert.Single(all.Select(a => a.Json[0].Str("sha256")).Distinct());
    }

    private static async Task<List<Guid>> Left(Clinic clinic)
    {
        await using var db = clinic.Open();
        return [.. db.Set<Salus.Modules.Files.Contract.StoredFile>().Select(f => f.Id)];
    }
}
