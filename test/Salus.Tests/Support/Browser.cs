using System.Net;
using System.Text.RegularExpressions;

namespace Salus.Tests;

/// <summary>A browser without script: cookies and forms.</summary>
public sealed partial class Browser(RunningSalus salus, CookieContainer? cookies = null, string userAgent = "") : IDisposable
{
    private readonly HttpClient http = new(new SocketsHttpHandler { CookieContainer = cookies ?? new(), AllowAutoRedirect = false }) { BaseAddress = salus.Http.BaseAddress };

    public async Task<HttpResponseMessage> Get(string path, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        foreach (var (name, value) in headers) request.Headers.Add(name, value);
        if (userAgent.Length > 0) request.Headers.UserAgent.ParseAdd(userAgent);
        return await http.SendAsync(request);
    }

    public async Task<HttpResponseMessage> Post(string path, Dictionary<string, string> fields)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new FormUrlEncodedContent(fields) };
        if (userAgent.Length > 0) request.Headers.UserAgent.ParseAdd(userAgent);
        return await http.SendAsync(request);
    }

    /// <summary>Posts a form with files.</summary>
    public Task<HttpResponseMessage> Send(string path, HttpContent content) => http.PostAsync(path, content);

    /// <summary>The token of a page's forms.</summary>
    public async Task<string> TokenOf(string page)
    {
        using var answer = await Get(page);
        return FormToken().Match(await answer.Content.ReadAsStringAsync()).Groups[1].Value;
    }

    /// <summary>Opens the page (or fragment) that has the form, and posts it with its token.</summary>
    public async Task<HttpResponseMessage> Submit(string page, string action, Dictionary<string, string> fields, string? fragment = null)
    {
        return await Post(action, new(fields) { ["__RequestVerificationToken"] = await TokenOf(fragment ?? page) });
    }

    /// <summary>The same with a file, as a form of several parts.</summary>
    public async Task<HttpResponseMessage> Upload(string page, string action, string name, string file, byte[] bytes, Dictionary<string, string> fields)
    {
        using var answer = await Get(page);
        using var form = new MultipartFormDataContent { { new StringContent(FormToken().Match(await answer.Content.ReadAsStringAsync()).Groups[1].Value), "__RequestVerificationToken" } };
        foreach (var (field, value) in fields) form.Add(new StringContent(value), field);
        if (bytes.Length > 0) form.Add(new ByteArrayContent(bytes), name, file);
        return await http.PostAsync(new Uri(action, UriKind.Relative), form);
    }

    /// <summary>Fills in the sign-in page; the answer as it comes.</summary>
    public Task<HttpResponseMessage> TrySignIn(string email, string password, string back = "") =>
        Submit("/account/sign-in", "/account/sign-in", new() { ["email"] = email, ["password"] = password, ["back"] = back });

    public async Task<Uri> SignIn(Clinic clinic, string who, string back = "")
    {
        using var answer = await TrySignIn(clinic.Account(who).Email!, RunningSalus.Password, back);
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        return answer.Headers.Location!;
    }

    public void Dispose() => http.Dispose();

    [GeneratedRegex("name=\"__RequestVerificationToken\" value=\"([^\"]+)\"")]
    private static partial Regex FormToken();
}
