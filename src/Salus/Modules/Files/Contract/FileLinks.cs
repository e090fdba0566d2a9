using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using Salus.Kernel;
using Salus.Modules.Files.Storage;

namespace Salus.Modules.Files.Contract;

/// <summary>What a link says: which file of which organisation, for whom, until when.</summary>
public sealed record FileLink(Guid File, Guid Organisation, Guid Account, DateTime Until);

/// <summary>
/// Links to a file that hold for one person and some time. Who makes one has decided that this person may read the file until then; the link
/// alone is of no use to anybody else.
/// </summary>
public sealed class FileLinks(FileKeys keys, TimeProvider clock)
{
    private const int Body = 56, Tag = 32;

    /// <summary>The path of the link.</summary>
    public string Sign(StoredFile file, Guid accountId, DateTime until) => Sign(file.OrganisationId, file.Id, accountId, until);

    /// <summary>The path of the link.</summary>
    public string Sign(Guid organisationId, Guid fileId, Guid accountId, DateTime until)
    {
        var bytes = new byte[Body + Tag];
        fileId.TryWriteBytes(bytes);
        organisationId.TryWriteBytes(bytes.AsSpan(16));
        accountId.TryWriteBytes(bytes.AsSpan(32));
        BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(48), new DateTimeOffset(until, TimeSpan.Zero).ToUnixTimeMilliseconds());
        HMACSHA256.HashData(keys.Links, bytes.AsSpan(0, Body), bytes.AsSpan(Body));
        return "/files/s/" + Base64Url.EncodeToString(bytes);
    }

    /// <summary>What a link's word says to the person who opens it.</summary>
    /// <exception cref="Refusal">403 <c>file.link</c> when it was not made here, is over, or is somebody else's.</exception>
    public FileLink Read(string word, Guid? accountId)
    {
        var bytes = new byte[Body + Tag];
        if (word.Length != Base64Url.GetEncodedLength(bytes.Length) || !Base64Url.IsValid(word) || !Base64Url.TryDecodeFromChars(word, bytes, out var length) || length != bytes.Length) throw Refused();
        if (!CryptographicOperations.FixedTimeEquals(HMACSHA256.HashData(keys.Links, bytes.AsSpan(0, Body)), bytes.AsSpan(Body))) throw Refused();
        var link = new FileLink(new(bytes.AsSpan(0, 16)), new(bytes.AsSpan(16, 16)), new(bytes.AsSpan(32, 16)), DateTimeOffset.FromUnixTimeMilliseconds(BinaryPrimitives.ReadInt64BigEndian(bytes.AsSpan(48))).UtcDateTime);
        return link.Account == accountId && clock.Now() < link.Until ? link : throw Refused();
    }

    private static Refusal Refused() => new(403, "file.link", "This link is over, or it was made for somebody else.") { Unlock = "Open the file again from the page that shows it." };
}
