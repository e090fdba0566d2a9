namespace Salus.BrowserTests;

/// <summary>Sending files with script: each by itself, with its progress; a refused one says why.</summary>
public sealed class FileTests(DemoServer demo)
{
    private static readonly byte[] Picture = Convert.FromBase64String("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII=");

    [Fact]
    public async Task A_manager_sends_a_logo_is_told_why_one_was_refused_and_takes_it_away_again()
    {
        var page = await demo.SignedIn("admin");
        var complaints = page.Complaints();
        await page.GotoAsync("/aurora/manage/settings");
        var form = page.Locator("form[action$='/manage/logo']");
        await form.Locator("input[type=file]").SetInputFilesAsync(new FilePayload { Name = "logo.png", MimeType = "image/png", Buffer = "MZ no picture"u8.ToArray() });
        await form.Locator("button[type=submit]").ClickAsync();
        await Assertions.Expect(form.Locator(".file-progress .failed")).ToContainTextAsync("is not what its name says");
        await Assertions.Expect(form.Locator(".file-progress button")).ToHaveTextAsync("Send again");
        await page.IsAccessible("files-refused");
        await form.Locator("input[type=file]").SetInputFilesAsync(new FilePayload { Name = "logo.png", MimeType = "image/png", Buffer = Picture });
        await form.Locator("button[type=submit]").ClickAsync();
        await Assertions.Expect(page.Locator("img.logo")).ToBeVisibleAsync();
        Assert.Equal(1, await page.EvaluateAsync<int>("() => document.querySelector('img.logo').naturalWidth"));
        await page.IsAccessible("logo");
        await page.GotoAsync("/aurora/manage/files");
        await Assertions.Expect(page.Locator("tbody tr[data-file]").First).ToContainTextAsync("Not scanned for viruses");
        await page.IsAccessible("files");
        await page.GotoAsync("/aurora/manage/settings");
        await page.ClickAsync("form[action$='/manage/logo/remove'] button");
        await Assertions.Expect(page.Locator("img.logo")).ToHaveCountAsync(0);
        await page.GotoAsync("/aurora/manage/files?filter=trash");
        await Assertions.Expect(page.Locator("tbody tr[data-file]").First).ToContainTextAsync("In the trash since");
        Assert.Empty(complaints);
    }
}
