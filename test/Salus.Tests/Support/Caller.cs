using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace Salus.Tests.Support;

/// <summary>Somebody who calls the API of one organisation, with a token or without.</summary>
public sealed class Caller(HttpClient http, string? token, string slug)
{
    public HttpClient Http => http;

    public Task<Answer> Get(string path, params (string Name, string Value)[] headers) => Send("GET", path, null, headers);
    public Task<Answer> Post(string path, object? body = null, params (string Name, string Value)[] headers) => Send("POST", path, body ?? new { }, headers);
    public Task<Answer> Put(string path, object body, params (string Name, string Value)[] headers) => Send("PUT", path, body, headers);
    public Task<Answer> Delete(string path) => Send("DELETE", path, null);

    public async Task<Answer> Send(string method, string path, object? body, params (string Name, string Value)[] headers)
    {
        using var request = Request(method, path);
        if (body is HttpContent content) request.Content = content;
        else if (body is string text) request.Content = new StringContent(text, Encoding.UTF8, "application/json");
        else if (body is not null) request.Content = JsonContent.Create(body);
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        using var response = await http.SendAsync(request);
        return await Answer.Read(response);
    }

    /// <summary>A path from the root when it starts with a slash, else below the organisation.</summary>
    public HttpRequestMessage Request(string method, string path)
    {
        var address = path.StartsWith('/') ? path : path.Length == 0 ? $"/api/v1/orgs/{slug}" : $"/api/v1/orgs/{slug}/{path}";
        var request = new HttpRequestMessage(new HttpMethod(method), address);
        if (token is not null) request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + token);
        return request;
    }
}

/// <summary>What came back.</summary>
public sealed record Answer(int Status, string Text, string ETag, IReadOnlyDictionary<string, string> Headers)
{
    private JsonDocument? json;

    public static async Task<Answer> Read(HttpResponseMessage response)
    {
        var headers = response.Headers.Concat(response.Content.Headers).ToDictionary(h => h.Key, h => string.Join(", ", h.Value), StringComparer.OrdinalIgnoreCase);
        return new((int)response.StatusCode, await response.Content.ReadAsStringAsync(), headers.GetValueOrDefault("ETag", ""), headers);
    }

    public JsonElement Json => (json ??= JsonDocument.Parse(Text)).RootElement;
    public JsonElement this[string name] => Json.GetProperty(name);
    public Guid Id => this["id"].GetGuid();
    public string Code => this["code"].GetString()!;
    public IReadOnlyList<JsonElement> Items => [.. this["items"].EnumerateArray()];
    public string? Next => this["next"].GetString();

    public Answer Is(int status)
    {
        Assert.True(Status == status, $"{status} was expected, {Status} came: {Text}");
        return this;
    }

    /// <summary>A refusal with this status and code, as problem details.</summary>
    public Answer Refuses(int status, string code)
    {
        Is(status);
        Assert.Equal("application/problem+json", Headers["Content-Type"].Split(';')[0]);
        Assert.Equal(code, Code);
        return this;
    }

    /// <summary>A 422 with a sentence for the field.</summary>
    public Answer RefusesField(string field)
    {
        Refuses(422, "invalid");
        Assert.True(this["errors"].TryGetProperty(field, out _), $"'{field}' was expected: {Text}");
        return this;
    }
}

public static class JsonExtensions
{
    public static string Str(this JsonElement element, string name) => element.GetProperty(name).GetString()!;
    public static int Number(this JsonElement element, string name) => element.GetProperty(name).GetInt32();
    public static Guid Id(this JsonElement element, string name = "id") => element.GetProperty(name).GetGuid();
}
