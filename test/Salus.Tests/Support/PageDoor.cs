using System.Net;

namespace Salus.Tests.Support;

/// <summary>Somebody at the pages of a clinic, without script: the other door of every rule.</summary>
public sealed class PageDoor : IDisposable
{
    private readonly Clinic clinic;
    private readonly Browser browser;

    private PageDoor(Clinic clinic) => (this.clinic, browser) = (clinic, new Browser(clinic.Salus));

    public static async Task<PageDoor> For(Clinic clinic, string who)
    {
        var door = new PageDoor(clinic);
        await door.browser.SignIn(clinic, who);
        return door;
    }

    /// <summary>A page or a part of one, as text.</summary>
    public async Task<string> Read(string path)
    {
        using var answer = await browser.Get($"/{clinic.Slug}/{path}");
        var text = WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync());
        Assert.True(answer.StatusCode == HttpStatusCode.OK, $"{path}: {answer.StatusCode}: {text}");
        return text;
    }

    /// <summary>A form that is done.</summary>
    public async Task Does(string path, params (string Name, string Value)[] fields)
    {
        var (status, text) = await Post(path, fields);
        Assert.True(status is >= 200 and < 400, $"{path}: {status}: {text}");
    }

    /// <summary>A form that is refused, with the sentence that the page says.</summary>
    public async Task IsRefused(int status, string path, string says, params (string Name, string Value)[] fields)
    {
        var (was, text) = await Post(path, fields);
        Assert.True(was == status, $"{path}: {status} was expected, {was} came: {text}");
        Assert.Contains(says, text, StringComparison.Ordinal);
    }

    public async Task<(int Status, string Text)> Post(string path, params (string Name, string Value)[] fields)
    {
        using var answer = await browser.Submit("/account", $"/{clinic.Slug}/{path}", fields.ToDictionary(f => f.Name, f => f.Value));
        return ((int)answer.StatusCode, WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync()));
    }

    public async Task<int> Upload(string path, string file, byte[] bytes)
    {
        using var answer = await browser.Upload("/account", $"/{clinic.Slug}/{path}", "files", file, bytes, []);
        return (int)answer.StatusCode;
    }

    public void Dispose() => browser.Dispose();
}
