using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using Salus.Kernel;
using Salus.Kernel.Audit;

namespace Salus.Modules.Payments.Invoices;

/// <summary>What a link in a mail opens.</summary>
public enum LinkedPaper : byte { Invoice = 1, Receipt = 2, CreditNote = 3, Statement = 4 }

/// <param name="Paper">What it opens, and nothing else.</param>
public sealed record PayLink(LinkedPaper Paper, Guid Id, Guid Organisation, DateTime Until);

/// <summary>Links for those who pay and have no account here: signed with a key outside the database, for one paper, until a day.</summary>
public sealed class PayLinks(Settings settings, TimeProvider clock)
{
    private const int Body = 41, Tag = 32;
    public static readonly TimeSpan Life = TimeSpan.FromDays(90);
    private readonly byte[] key = Convert.FromBase64String(KeyFile.ReadOrCreate(Path.Combine(settings.KeysFolder, "payment-links.key"), () => Convert.ToBase64String(RandomNumberGenerator.GetBytes(32))).Trim());

    /// <summary>The whole address.</summary>
    public string Sign(LinkedPaper paper, Guid id, Guid organisation)
    {
        var bytes = new byte[Body + Tag];
        bytes[0] = (byte)paper;
        id.TryWriteBytes(bytes.AsSpan(1));
        organisation.TryWriteBytes(bytes.AsSpan(17));
        BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(33), new DateTimeOffset(clock.Now() + Life, TimeSpan.Zero).ToUnixTimeSeconds());
        HMACSHA256.HashData(key, bytes.AsSpan(0, Body), bytes.AsSpan(Body));
        return $"{settings.BaseUrl}/pay/{Base64Url.EncodeToString(bytes)}";
    }

    /// <exception cref="Refusal">404 when it was not made here; 410 <c>link.over</c> when its time is over.</exception>
    public PayLink Read(string word)
    {
        var bytes = new byte[Body + Tag];
        if (word.Length != Base64Url.GetEncodedLength(bytes.Length) || !Base64Url.IsValid(word) || !Base64Url.TryDecodeFromChars(word, bytes, out var length) || length != bytes.Length) throw Refusal.NotFound();
        if (!CryptographicOperations.FixedTimeEquals(HMACSHA256.HashData(key, bytes.AsSpan(0, Body)), bytes.AsSpan(Body))) throw Refusal.NotFound();
        var link = new PayLink((LinkedPaper)bytes[0], new(bytes.AsSpan(1, 16)), new(bytes.AsSpan(17, 16)), DateTimeOffset.FromUnixTimeSeconds(BinaryPrimitives.ReadInt64BigEndian(bytes.AsSpan(33))).UtcDateTime);
        return clock.Now() < link.Until ? link : throw new Refusal(410, "link.over", "The time of this link is over.") { Unlock = "Ask for a new one." };
    }
}
