using System.Globalization;
using System.Reflection;

namespace Salus.Kernel;

/// <summary>Who may open a file that the scanner has not looked at yet.</summary>
public enum PendingFiles { Staff, Nobody }

public enum Mode { Production, Development, Demo }

/// <summary>One setting as people see it: the name of the variable and what it does. docs/operations.md lists them all; a test compares.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class SettingAttribute(string name, string about) : Attribute
{
    public string Name { get; } = name;
    public string About { get; } = about;
}

/// <summary>Every setting of the program, from environment variables or from <c>salus.conf</c> (lines NAME=value) in the data folder; the environment wins.</summary>
public sealed record Settings
{
    [Setting("SALUS_MODE", "production (default), development or demo; the last two say so on every page")]
    public Mode Mode { get; init; } = Mode.Production;

    [Setting("SALUS_DATA", "folder for the database, keys, mailbox and files; default: data below the folder the program was started for")]
    public string Data { get; init; } = "";

    [Setting("SALUS_DATABASE", "empty: SQLite in the data folder; else a PostgreSQL connection string")]
    public string Database { get; init; } = "";

    [Setting("SALUS_URLS", "addresses to listen on, separated by semicolons; default http://127.0.0.1:5080")]
    public string Urls { get; init; } = "http://127.0.0.1:5080";

    [Setting("SALUS_PUBLIC_URL", "the address people use, for links in mails and QR codes; must be https in production")]
    public string PublicUrl { get; init; } = "";

    [Setting("SALUS_HOSTS", "host names that are answered, separated by commas; default: the host of SALUS_PUBLIC_URL")]
    public string Hosts { get; init; } = "";

    [Setting("SALUS_ORIGINS", "addresses such as https://www.clinic.example whose pages may call the API from a browser, separated by commas; default none")]
    public string Origins { get; init; } = "";

    [Setting("SALUS_SECURITY_CONTACT", "where to report a weakness, an address such as mailto:security@clinic.example; default: the help page")]
    public string SecurityContact { get; init; } = "";

    [Setting("SALUS_PROXIES", "addresses of proxies whose X-Forwarded-* headers are believed, separated by commas")]
    public string Proxies { get; init; } = "";

    [Setting("SALUS_ADMIN_ADDRESSES", "addresses or networks such as 10.0.0.0/8 from which the installation and its organisations may be managed, separated by commas; default everywhere")]
    public AddressList AdminAddresses { get; init; } = AddressList.Everywhere;

    [Setting("SALUS_CLOCK", "moves the clock by an offset such as +26h, for tests; refused in production")]
    public string Clock { get; init; } = "";

    [Setting("SALUS_KEYS", "folder for the keys that sign tokens, cookies and audit seals; default: keys in the data folder")]
    public string Keys { get; init; } = "";

    [Setting("SALUS_KEY_DAYS", "after how many days a new key signs access tokens; default 90")]
    public int KeyDays { get; init; } = 90;

    [Setting("SALUS_SMTP_HOST", "mail server; empty: mail goes to the mailbox folder (development and demo) or waits (production)")]
    public string SmtpHost { get; init; } = "";

    [Setting("SALUS_SMTP_PORT", "port of the mail server; default 587")]
    public int SmtpPort { get; init; } = 587;

    [Setting("SALUS_SMTP_TLS", "true (default): STARTTLS is demanded; false: plain, for a server on the same machine")]
    public bool SmtpTls { get; init; } = true;

    [Setting("SALUS_SMTP_USER", "user name at the mail server; empty: none")]
    public string SmtpUser { get; init; } = "";

    [Setting("SALUS_SMTP_PASSWORD", "password at the mail server")]
    public string SmtpPassword { get; init; } = "";

    [Setting("SALUS_MAIL_FROM", "sender of mails; default salus@ the host of SALUS_PUBLIC_URL")]
    public string MailFrom { get; init; } = "";

    [Setting("SALUS_SMS_URL", "gateway for short messages: takes a POST of {id, to, text}; empty: they go to the mailbox folder (development and demo), or nobody registers with a phone (production)")]
    public string SmsUrl { get; init; } = "";

    [Setting("SALUS_SMS_TOKEN", "sent to the gateway as a bearer token; empty: none")]
    public string SmsToken { get; init; } = "";

    [Setting("SALUS_REGISTRATION", "true (default): anybody may make an account, which has no role anywhere; false: accounts come by invitation only")]
    public bool Registration { get; init; } = true;

    [Setting("SALUS_OIDC_ISSUER", "an OpenID Connect provider to sign in with, such as https://login.example.org, exactly as it names itself; empty: none")]
    public string OidcIssuer { get; init; } = "";

    [Setting("SALUS_OIDC_CLIENT", "the name under which the provider knows this installation; it sends people back to /account/outside/return")]
    public string OidcClient { get; init; } = "";

    [Setting("SALUS_OIDC_SECRET", "the secret the provider gave for it; empty: a public client")]
    public string OidcSecret { get; init; } = "";

    [Setting("SALUS_OIDC_NAME", "what people know the provider by, on the button that leads there")]
    public string OidcName { get; init; } = "OpenID Connect";

    [Setting("SALUS_OIDC_TRUSTS_MFA", "true: who showed the provider more than one factor is not asked for one here; default false")]
    public bool OidcTrustsMfa { get; init; }

    [Setting("SALUS_PAQ_SSO_SECRET", "checks the signed messages with which PAQ signs people in; at least 32 characters; empty: off")]
    public string PaqSsoSecret { get; init; } = "";

    [Setting("SALUS_AUDIT_YEARS", "how many years audit rows are kept; default 7")]
    public int AuditYears { get; init; } = 7;

    [Setting("SALUS_LIMIT_SIGN_IN", "how often one address, or one known device, may try to sign in; default 5/min 20/h")]
    public RateLimit SignInLimit { get; init; } = RateLimit.Parse("sign-in", "5/min 20/h");

    [Setting("SALUS_LIMIT_REFRESH", "how often one address may exchange refresh tokens; default 30/min 200/h")]
    public RateLimit RefreshLimit { get; init; } = RateLimit.Parse("refresh", "30/min 200/h");

    [Setting("SALUS_LIMIT_RESET", "how often one address may ask for a new password; default 3/min 10/h")]
    public RateLimit ResetLimit { get; init; } = RateLimit.Parse("reset", "3/min 10/h");

    [Setting("SALUS_LIMIT_REGISTER", "how often one address may register, or ask for the message again; default 3/min 10/h")]
    public RateLimit RegisterLimit { get; init; } = RateLimit.Parse("register", "3/min 10/h");

    [Setting("SALUS_LIMIT_SEARCH", "how often one account may search for patients, also over FHIR, counted by each node; default 120/min")]
    public RateLimit SearchLimit { get; init; } = RateLimit.Parse("search", "120/min");

    [Setting("SALUS_LIMIT_EXPORT", "how often one account may export data; default 5/min 30/h")]
    public RateLimit ExportLimit { get; init; } = RateLimit.Parse("export", "5/min 30/h");

    [Setting("SALUS_LIMIT_UPLOAD", "how often one account may send files, counted by each node; default 60/min 600/h")]
    public RateLimit UploadLimit { get; init; } = RateLimit.Parse("upload", "60/min 600/h");

    [Setting("SALUS_LIMIT_DOWNLOAD", "how often one account, or one address for public pictures, may fetch files, counted by each node; default 240/min 3000/h")]
    public RateLimit DownloadLimit { get; init; } = RateLimit.Parse("download", "240/min 3000/h");

    [Setting("SALUS_PLACES", "a table of places by address in the MMDB format, such as DB-IP Lite or GeoLite2, so that people see where they are signed in; empty: only the address is shown")]
    public string Places { get; init; } = "";

    [Setting("SALUS_FILES", "folder for uploaded files, which are encrypted there; default: files in the data folder. Several nodes share it")]
    public string Files { get; init; } = "";

    [Setting("SALUS_FILES_STORE", "where files are kept for good: local (default), s3 or drive; then exceptions such as prescription-image=drive, rossi=s3 or rossi/prescription-image=local, by place and by the organisation's word in the address")]
    public string FilesStore { get; init; } = "local";

    [Setting("SALUS_FILES_TRASH_DAYS", "after how many days in the trash a file is erased; default 30")]
    public int FilesTrashDays { get; init; } = 30;

    [Setting("SALUS_FILES_PENDING", "who may open a file that the scanner has not looked at yet: staff (default) of its organisation, or nobody")]
    public PendingFiles FilesPending { get; init; } = PendingFiles.Staff;

    [Setting("SALUS_FILES_TIMEOUT", "after how many seconds in which nothing moves a remote store or the scanner is given up for that try; default 60")]
    public int FilesTimeout { get; init; } = 60;

    [Setting("SALUS_CLAMD", "the virus scanner clamd: host:port, or the path of its socket; empty: files are marked as not scanned")]
    public string Clamd { get; init; } = "";

    [Setting("SALUS_S3_URL", "address of an S3-compatible store such as https://s3.eu-south-1.amazonaws.com; empty: none")]
    public string S3Url { get; init; } = "";

    [Setting("SALUS_S3_REGION", "the store's region; default us-east-1")]
    public string S3Region { get; init; } = "us-east-1";

    [Setting("SALUS_S3_BUCKET", "the bucket that holds the files; it must be there")]
    public string S3Bucket { get; init; } = "";

    [Setting("SALUS_S3_KEY", "access key of the store")]
    public string S3Key { get; init; } = "";

    [Setting("SALUS_S3_SECRET", "secret of the access key")]
    public string S3Secret { get; init; } = "";

    [Setting("SALUS_DRIVE_ACCOUNT", "Google Drive: the JSON of a service account; best as SALUS_DRIVE_ACCOUNT_FILE, the path of the file that Google gave; empty: none")]
    public string DriveAccount { get; init; } = "";

    [Setting("SALUS_DRIVE_FOLDER", "id of the Drive folder that is shared with the service account")]
    public string DriveFolder { get; init; } = "";

    [Setting("SALUS_DRIVE_URL", "address of the Drive API; default https://www.googleapis.com")]
    public string DriveUrl { get; init; } = "https://www.googleapis.com";

    [Setting("SALUS_STRIPE_KEY", "secret key of a Stripe account; best as SALUS_STRIPE_KEY_FILE; empty: nobody pays by Stripe")]
    public string StripeKey { get; init; } = "";

    [Setting("SALUS_STRIPE_WEBHOOK_SECRET", "with it Stripe signs its notices to /api/v1/payments/webhooks/stripe")]
    public string StripeWebhookSecret { get; init; } = "";

    [Setting("SALUS_STRIPE_URL", "address of Stripe's API; default https://api.stripe.com")]
    public string StripeUrl { get; init; } = "https://api.stripe.com";

    [Setting("SALUS_PAYPAL_CLIENT", "client id of a PayPal app; empty: nobody pays by PayPal")]
    public string PayPalClient { get; init; } = "";

    [Setting("SALUS_PAYPAL_SECRET", "the secret of the PayPal app")]
    public string PayPalSecret { get; init; } = "";

    [Setting("SALUS_PAYPAL_WEBHOOK", "id of the webhook that PayPal gave for /api/v1/payments/webhooks/paypal")]
    public string PayPalWebhook { get; init; } = "";

    [Setting("SALUS_PAYPAL_URL", "address of PayPal's API; default https://api-m.paypal.com")]
    public string PayPalUrl { get; init; } = "https://api-m.paypal.com";

    [Setting("SALUS_PAQ_USER", "user at PAQ-GO; empty: nobody pays by PAQ")]
    public string PaqUser { get; init; } = "";

    [Setting("SALUS_PAQ_PASSWORD", "password at PAQ-GO")]
    public string PaqPassword { get; init; } = "";

    [Setting("SALUS_PAQ_REP", "the rep_id at PAQ-GO")]
    public string PaqRep { get; init; } = "";

    [Setting("SALUS_PAQ_WEBHOOK_SECRET", "with it PAQ signs its notices to /api/v1/payments/webhooks/paq; at least 32 characters")]
    public string PaqWebhookSecret { get; init; } = "";

    [Setting("SALUS_PAQ_URL", "address of PAQ-GO; default https://www.paq.com.gt")]
    public string PaqUrl { get; init; } = "https://www.paq.com.gt";

    [Setting("SALUS_PROVIDER_TIMEOUT", "after how many seconds a payment provider that does not answer is given up for that try; default 20")]
    public int ProviderTimeout { get; init; } = 20;

    [Setting("SALUS_LIMIT_PAY", "how often one address may begin to pay by a link from a mail; default 10/min 60/h")]
    public RateLimit PayLimit { get; init; } = RateLimit.Parse("pay", "10/min 60/h");

    [Setting("SALUS_ALERT_MAIL", "who is told by mail of what looks like an attack or a fault; empty: nobody")]
    public string AlertMail { get; init; } = "";

    [Setting("SALUS_ALERT_WEBHOOK", "https address to which the same is posted as JSON; empty: none")]
    public string AlertWebhook { get; init; } = "";

    [Setting("SALUS_ALERT_SECRET", "signs what is posted to SALUS_ALERT_WEBHOOK; at least 32 characters")]
    public string AlertSecret { get; init; } = "";

    [Setting("SALUS_ALERT_READS", "how many patients one account may read within an hour before that is told; default 300")]
    public int AlertReads { get; init; } = 300;

    [Setting("SALUS_ALERT_EXPORT", "how many patients an export may hold before that is told; default 500")]
    public int AlertExport { get; init; } = 500;

    public bool SendsSms => SmsUrl.Length > 0 || !IsProduction;
    public bool IsProduction => Mode == Mode.Production;
    public bool IsSqlite => Database.Length == 0;
    public string KeysFolder => Keys.Length > 0 ? Keys : Path.Combine(Data, "keys");
    public string FilesFolder => Files.Length > 0 ? Files : Path.Combine(Data, "files");
    public TimeSpan FilesWait => TimeSpan.FromSeconds(Math.Max(1, FilesTimeout));
    public string MailboxFolder => Path.Combine(Data, "mailbox");
    public string BaseUrl => (PublicUrl.Length > 0 ? PublicUrl : Urls.Split(';')[0]).TrimEnd('/');
    public string Sender => MailFrom.Length > 0 ? MailFrom : $"salus@{new Uri(BaseUrl).Host}";
    public TimeSpan ClockOffset => OffsetClock.Parse(Clock) ?? TimeSpan.Zero;

    /// <summary>All settings with their attribute, in the order of the documentation.</summary>
    public static IEnumerable<(PropertyInfo Property, SettingAttribute Setting)> Described =>
        typeof(Settings).GetProperties().Select(p => (p, p.GetCustomAttribute<SettingAttribute>()!)).Where(x => x.Item2 is not null);

    /// <summary>Reads the environment and <c>salus.conf</c>.</summary>
    /// <exception cref="FormatException">A value does not fit its setting; the message names it.</exception>
    public static Settings Read(Func<string, string?> environment, string defaultData)
    {
        var data = Path.GetFullPath(environment("SALUS_DATA") is { Length: > 0 } set ? set : defaultData);
        var file = ReadFile(Path.Combine(data, "salus.conf"));
        var settings = new Settings();
        foreach (var (property, setting) in Described)
        {
            var text = Value(environment, setting.Name) ?? Value(n => file.GetValueOrDefault(n), setting.Name);
            if (!string.IsNullOrWhiteSpace(text)) property.SetValue(settings, Convert(text.Trim(), property.PropertyType, setting.Name));
        }
        if (settings.Clock.Length > 0 && OffsetClock.Parse(settings.Clock) is null)
            throw new FormatException($"SALUS_CLOCK: '{settings.Clock}' is not an offset such as +26h.");
        return settings with { Data = data };
    }

    /// <summary>The value of a setting, or the content of the file that NAME_FILE names: secrets need not stand in the environment.</summary>
    /// <exception cref="FormatException">Both are set, or the file cannot be read.</exception>
    public static string? Value(Func<string, string?> source, string name)
    {
        var (text, path) = (source(name), source(name + "_FILE"));
        if (string.IsNullOrWhiteSpace(path)) return text;
        if (!string.IsNullOrWhiteSpace(text)) throw new FormatException($"{name} and {name}_FILE are both set; one is enough.");
        try { return File.ReadAllText(path.Trim()).Trim(); }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException) { throw new FormatException($"{name}_FILE: '{path}' cannot be read ({error.GetType().Name})."); }
    }

    private static object Convert(string text, Type type, string name)
    {
        if (type == typeof(string)) return text;
        if (type == typeof(int) && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)) return number;
        if (type == typeof(bool) && bool.TryParse(text, out var yes)) return yes;
        if (type == typeof(RateLimit) || type == typeof(AddressList))
        {
            try { return type == typeof(AddressList) ? AddressList.Parse(text) : RateLimit.Parse(name["SALUS_LIMIT_".Length..].ToLowerInvariant().Replace('_', '-'), text); }
            catch (FormatException error) { throw new FormatException($"{name}: {error.Message}"); }
        }
        if (type.IsEnum && Enum.TryParse(type, text, ignoreCase: true, out var value)) return value;
        throw new FormatException($"{name}: '{text}' is not a {type.Name.ToLowerInvariant()}.");
    }

    private static Dictionary<string, string> ReadFile(string path) => !File.Exists(path) ? [] :
        File.ReadAllLines(path).Select(l => l.Trim()).Where(l => l.Length > 0 && l[0] != '#' && l.Contains('='))
            .ToDictionary(l => l[..l.IndexOf('=')].Trim(), l => l[(l.IndexOf('=') + 1)..].Trim());
}
