using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;

namespace Salus.Modules.Accounts.SecondFactor;

/// <summary>Codes that change every 30 seconds (RFC 6238 over HMAC-SHA-1, six digits: what every authenticator app does).</summary>
public static class Totp
{
    private const int Period = 30, Digits = 1_000_000;
    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

    /// <summary>A new secret of 160 bits, as RFC 4226 wants.</summary>
    public static byte[] NewSecret() => RandomNumberGenerator.GetBytes(20);

    /// <summary>The number of the period in which the instant lies.</summary>
    public static long Step(DateTime utc) => new DateTimeOffset(utc, TimeSpan.Zero).ToUnixTimeSeconds() / Period;

    /// <summary>The code of a period.</summary>
    public static string Code(byte[] secret, long step)
    {
        Span<byte> counter = stackalloc byte[8];
        BinaryPrimitives.WriteInt64BigEndian(counter, step);
#pragma warning disable CA5350 // RFC 6238 as apps do it; HMAC does not need what SHA-1 has lost
        var hash = HMACSHA1.HashData(secret, counter);
#pragma warning restore CA5350
        var number = BinaryPrimitives.ReadInt32BigEndian(hash.AsSpan(hash[^1] & 15)) & int.MaxValue;
        return (number % Digits).ToString("D6", CultureInfo.InvariantCulture);
    }

    /// <summary>The period whose code this is: the present one, or one before or after, for clocks that are a little off. Null: none.</summary>
    public static long? StepOf(byte[] secret, string code, DateTime now)
    {
        var present = Step(now);
        for (var step = present - 1; step <= present + 1; step++)
            if (CryptographicOperations.FixedTimeEquals(System.Text.Encoding.ASCII.GetBytes(Code(secret, step)), System.Text.Encoding.ASCII.GetBytes(code))) return step;
        return null;
    }

    /// <summary>The secret as people type it (RFC 4648 base 32, no padding).</summary>
    public static string Base32(byte[] secret)
    {
        var text = new System.Text.StringBuilder();
        for (var bit = 0; bit < secret.Length * 8; bit += 5)
        {
            var window = (secret[bit / 8] << 8) | (bit / 8 + 1 < secret.Length ? secret[bit / 8 + 1] : 0);
            text.Append(Alphabet[(window >> (11 - bit % 8)) & 31]);
        }
        return text.ToString();
    }

    /// <summary>What the QR code holds.</summary>
    public static string Uri(byte[] secret, string account, string host) =>
        $"otpauth://totp/{System.Uri.EscapeDataString($"Salus {host}:{account}")}?secret={Base32(secret)}&issuer={System.Uri.EscapeDataString($"Salus {host}")}&digits=6&period=30";
}
