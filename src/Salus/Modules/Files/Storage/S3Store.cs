using System.Net;
using System.Security.Cryptography;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using Salus.Kernel;
using Salus.Modules.Files.Contract;

namespace Salus.Modules.Files.Storage;

/// <summary>An S3-compatible store: Amazon's own, or one of the many that speak its protocol.</summary>
public sealed class S3Store(Settings settings) : FileStore, IDisposable
{
    private readonly Lazy<AmazonS3Client> client = new(() => new AmazonS3Client(new BasicAWSCredentials(settings.S3Key, settings.S3Secret), new AmazonS3Config
    {
        ServiceURL = settings.S3Url, AuthenticationRegion = settings.S3Region, ForcePathStyle = true, Timeout = Timeout.InfiniteTimeSpan, MaxErrorRetry = 0,
        // Newer checksums are not understood by every store that calls itself compatible; what arrived is read back instead.
        RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED, ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
    }));

    public override string Key => "s3";
    public override bool IsSet => settings.S3Url.Length > 0 && settings.S3Bucket.Length > 0 && settings.S3Key.Length > 0;

    // A name of our own choosing: a second try writes over the first.
    private static string NameOf(StoredFile file) => $"{file.OrganisationId:N}/{file.Id:N}";

    public override Task<RemoteFile> Put(StoredFile file, Func<Stream> open, CancellationToken ct) => Try(async limit =>
    {
        void Moved() => limit.CancelAfter(settings.FilesWait);
        await using (var blob = new MovingStream(open(), Moved))
            await client.Value.PutObjectAsync(new PutObjectRequest { BucketName = settings.S3Bucket, Key = NameOf(file), InputStream = blob, AutoCloseStream = false, UseChunkEncoding = false, ContentType = "application/octet-stream" }, limit.Token);
        using var stored = await client.Value.GetObjectAsync(settings.S3Bucket, NameOf(file), limit.Token);
        await using var content = new MovingStream(stored.ResponseStream, Moved);
        var hash = Convert.ToHexStringLower(await SHA256.HashDataAsync(content, limit.Token));
        return hash == file.SealedSha256 ? new RemoteFile(NameOf(file)) : throw new StoreFault("broken", concernsStore: false);
    }, ct);

    public override Task<Stream> Open(StoredFile file, long from, CancellationToken ct) => Try<Stream>(async limit =>
    {
        var request = new GetObjectRequest { BucketName = settings.S3Bucket, Key = file.RemoteId };
        if (from > 0) request.ByteRange = new ByteRange(from, long.MaxValue);
        return (await client.Value.GetObjectAsync(request, limit.Token)).ResponseStream;
    }, ct);

    public override Task Delete(StoredFile file, CancellationToken ct) => Try(limit => client.Value.DeleteObjectAsync(settings.S3Bucket, file.RemoteId, limit.Token), ct);

    public override Task Check(CancellationToken ct) => Try(limit => client.Value.ListObjectsV2Async(new ListObjectsV2Request { BucketName = settings.S3Bucket, MaxKeys = 1 }, limit.Token), ct);

    private async Task<T> Try<T>(Func<CancellationTokenSource, Task<T>> work, CancellationToken ct)
    {
        if (!IsSet) throw new StoreFault("not-set");
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(settings.FilesWait);
        try { return await work(limit); }
        catch (AmazonS3Exception error) { throw FaultOf(error); }
        catch (OperationCanceledException error) when (!ct.IsCancellationRequested) { throw new StoreFault("slow", because: error); }
        catch (Exception error) when (error is AmazonClientException or HttpRequestException or IOException or WebException) { throw new StoreFault("away", because: error); }
    }

    private static StoreFault FaultOf(AmazonS3Exception error) => error.StatusCode switch
    {
        HttpStatusCode.NotFound when error.ErrorCode == "NoSuchBucket" => new("folder", because: error),
        HttpStatusCode.NotFound => new("missing", concernsStore: false, because: error),
        HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => new(error.ErrorCode == "QuotaExceeded" ? "quota" : "credentials", because: error),
        HttpStatusCode.TooManyRequests => new("busy", because: error),
        (HttpStatusCode)507 => new("quota", because: error),
        _ => new("away", because: error),
    };

    public void Dispose()
    {
        if (client.IsValueCreated) client.Value.Dispose();
    }
}
