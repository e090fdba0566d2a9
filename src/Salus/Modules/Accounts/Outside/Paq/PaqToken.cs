using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Salus.Kernel;
using Salus.Modules.Accounts.Contract;

namespace Salus.Modules.Accounts.Outside.Paq;

/// <summary>Somebody whom PAQ vouches for.</summary>
/// <param name="Word">The signed part: counts once.</param>
public sealed record PaqPerson(string PaqId, string Phone, string Name, string Email, string Word);

/// <summary>A signed statement of PAQ: <c>base64url(JSON).hex(HMAC-SHA256)</c> with phone, paq_id, name, email and ts, the Unix time at which it was made.</summary>
public static class PaqToken
{
    private const int MostLength = 4096;
    public static readonly TimeSpan Life = TimeSpan.FromSeconds(300), Ahead = TimeSpan.FromSeconds(60);

    /// <exception cref="Refusal">401 <c>paq.failed</c>, the same for all that can be wrong with it.</exception>
    public static PaqPerson Read(string? token, string secret, DateTime now)
    {
        if (token is not { Length: > 0 and <= MostLength } || token.Split('.') is not [var body, var signature] || !IsSigned(body, signature, secret)) throw Failed();
        try
        {
            using var json = JsonDocument.Parse(Base64Url.DecodeFromChars(body), new() { MaxDepth = 4 });
            var at = DateTime.UnixEpoch.AddSeconds(json.RootElement.GetProperty("ts").GetInt64());
            if (at < now - Life || at > now + Ahead) throw Failed();
            var (id, phone) = (Field(json, "paq_id", 255), Phone(Field(json, "phone", 40)));
            return id.Length == 0 || phone is null ? throw Failed() : new(id, phone, Field(json, "name", 120), Field(json, "email", 254), body);
        }
        catch (Exception error) when (error is JsonException or FormatException or InvalidOperationException or KeyNotFoundException or ArgumentException) { throw Failed(); }
    }

    private static bool IsSigned(string body, string signature, string secret)
    {
        var right = HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes(body));
        return signature.Length == right.Length * 2 && signature.All(char.IsAsciiHexDigit) && CryptographicOperations.FixedTimeEquals(right, Convert.FromHexString(signature));
    }

    // A number is as good as a text; what is missing is empty.
    private static string Field(JsonDocument json, string name, int most) => json.RootElement.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.String or JsonValueKind.Number
        ? Text.Clean(value.ToString()) is var text && text.Length <= most ? text : throw Failed() : "";

    /// <summary>As E.164. PAQ is at home in Guatemala: eight digits are a number there.</summary>
    public static string? Phone(string text) => Text.Digits(text) is var digits && text.All(c => char.IsAsciiDigit(c) || c is ' ' or '-') && (digits.Length == 8 || (digits.Length == 11 && digits.StartsWith("502", StringComparison.Ordinal)))
        ? "+502" + digits[^8..] : NewAccount.Phone(text);

    public static Refusal Failed() => new(401, "paq.failed", "PAQ could not sign you in: its message is not valid, or too old.") { Unlock = "Open Salus from PAQ again." };
}
