namespace Salus.Kernel;

/// <summary>
/// The one way to say no. Every other exception is a bug and is answered with 500 and a request id.
/// </summary>
/// <param name="status">HTTP status: 400 malformed, 401 who, 403 may not, 404 absent or invisible, 409 state, 422 fields, 429 too often, 503 dependency.</param>
/// <param name="code">Stable machine code such as <c>queue.empty</c>.</param>
/// <param name="sentence">English sentence for people, a resource key; <c>{0}</c> places take <paramref name="args"/>.</param>
public sealed class Refusal(int status, string code, string sentence, params object[] args) : Exception(code)
{
    public int Status { get; } = status;
    public string Code { get; } = code;
    public string Sentence { get; } = sentence;
    public IReadOnlyList<object> Args { get; } = args;

    /// <summary>Sentences by field name, for 422.</summary>
    public IReadOnlyDictionary<string, string[]> Errors { get; init; } = new Dictionary<string, string[]>();

    /// <summary>What would unlock it, as a sentence for people; null when nothing would.</summary>
    public string? Unlock { get; init; }

    /// <summary>Seconds after which it is worth trying again (429, 503).</summary>
    public int? RetryAfter { get; init; }

    public static Refusal NotFound() => new(404, "not-found", "There is nothing here that you can see.");

    public static Refusal Forbidden() => new(403, "forbidden", "Your role does not allow this.")
    { Unlock = "Ask an administrator of your organisation for the permission." };

    public static Refusal Unknown() => new(401, "sign-in", "Please sign in first.");

    public static Refusal ProofNeeded() => new(403, "proof.needed", "Please show first that it is still you.")
    { Unlock = "It is asked for what matters most, if ten minutes have passed since the last time." };

    public static Refusal Stale() => new(409, "stale", "Somebody changed this before you. Look at it again, then decide.")
    { Unlock = "Reload to see the newest version." };

    public static Refusal Busy() => new(503, "busy", "The database cannot be reached just now. Nothing was saved.")
    { RetryAfter = 5, Unlock = "Try again in a moment." };

    public static Refusal Field(string field, string sentence) =>
        new(422, "invalid", "Some fields need your attention.") { Errors = new Dictionary<string, string[]> { [field] = [sentence] } };

    public static Refusal Fields(IReadOnlyDictionary<string, string[]> errors) =>
        new(422, "invalid", "Some fields need your attention.") { Errors = errors };
}
