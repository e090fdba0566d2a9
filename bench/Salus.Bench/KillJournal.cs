using System.Globalization;

namespace Salus.Bench;

/// <summary>Something about money that is asked of the program, again with the same key until it is answered.</summary>
/// <param name="Key">Its Idempotency-Key; it also stands in the row, where that has words of ours.</param>
/// <param name="Amount">Where the request names it and the answer does not.</param>
public sealed record Act(string Key, string Kind, string Path, string Body, long Amount);

/// <summary>What was answered; <see cref="Status"/> from 400 on: a refusal, and nothing was done.</summary>
public sealed record Answer(int Status, Guid Id, string Number, long Amount)
{
    public bool IsDone => Status < 400;
}

/// <summary>
/// What was asked and what was answered, each line written before anything goes on: what was killed, this program too, is taken up where it was. The
/// acts are made here as well, because only what was answered can be paid, given back or closed.
/// </summary>
public sealed class KillJournal : IDisposable
{
    private const int Remembered = 60;
    private readonly StreamWriter file;
    private readonly string lane;
    private readonly List<Guid> owed = [], drafts = [], notInvoiced = [];
    private readonly List<(Guid Id, string Kind)> paid = [];
    private Guid? drawer;

    public Dictionary<string, Act> Open { get; } = [];
    public Dictionary<string, (Act Act, Answer Answer)> Answered { get; } = [];
    public int Kills { get; private set; }
    public int Repeats { get; private set; }
    public bool IsPlanted { get; private set; }
    public int Asked => Open.Count + Answered.Count;

    public KillJournal(string path, string lane)
    {
        this.lane = lane;
        if (File.Exists(path)) foreach (var line in File.ReadLines(path)) Read(line.Split('\t'));
        file = new(path, append: true) { AutoFlush = true };
        // A last line that was cut off was never sent.
        if (file.BaseStream.Length > 0) file.WriteLine();
    }

    private void Read(string[] words)
    {
        switch (words)
        {
            case ["planted"]: IsPlanted = true; break;
            case ["killed"]: Kills++; break;
            case ["again", _]: Repeats++; break;
            case ["asked", var key, var kind, var amount, var path, var body]: Open[key] = new(key, kind, path, body, long.Parse(amount, CultureInfo.InvariantCulture)); break;
            case ["answered", var key, var status, var id, var number, var amount]: Note(key, new(int.Parse(status, CultureInfo.InvariantCulture), Guid.Parse(id), number, long.Parse(amount, CultureInfo.InvariantCulture))); break;
        }
    }

    private void Write(params object[] words)
    {
        lock (this)
        {
            var line = string.Join('\t', words);
            file.WriteLine(line);
            Read(line.Split('\t'));
        }
    }

    public void Planted() => Write("planted");
    public void Killed() => Write("killed");
    public void Again(Act act) => Write("again", act.Key);
    public void End(Act act, Answer answer) => Write("answered", act.Key, answer.Status, answer.Id, answer.Number, answer.Amount);

    /// <summary>Something new to ask for, written down before it is sent.</summary>
    public Act Begin(Random random, IReadOnlyList<Planted> patients)
    {
        lock (this)
        {
            var act = Make(random, patients[random.Next(patients.Count)].Id, $"{lane}-{Asked + 1}", random.Next(100, 20_000));
            Write("asked", act.Key, act.Kind, act.Amount, act.Path, act.Body);
            return act;
        }
    }

    private Act Make(Random random, Guid patient, string key, long amount)
    {
        T Any<T>(List<T> of) => of[random.Next(of.Count)];
        if (drawer is null && random.Next(4) == 0) return new(key, "open", "drawers", $$"""{"atOpening":{{Money(amount)}} }""", amount);
        switch (random.Next(100))
        {
            case < 16 when owed.Count > 1: return Pay(key, "cash", [Any(owed), Any(owed)], null);
            case < 32 when owed.Count > 0: return Pay(key, "card", [Any(owed)], amount / 8);
            case < 44 when owed.Count > 0: return Pay(key, "wallet", [Any(owed)], amount / 8);
            case < 54: return new(key, "fill", "wallet/top-ups", $$"""{"kind":"patient","payerId":"{{patient}}","method":"{{(random.Next(2) == 0 ? "cash" : "card")}}","amount":{{Money(amount)}},"reference":"{{key}}"}""", amount);
            case < 63 when paid.Count > 0:
                var (payment, kind) = Any(paid);
                var way = random.Next(3) switch { 0 => "cash", 1 when kind == "pay" => "wallet", _ => "transfer" };
                var part = random.Next(2) == 0 ? "" : $"\"amount\":{Money(amount / 20)},";
                return new(key, "refund", $"payments/{payment}/refunds", $$"""{"way":"{{way}}",{{part}}"takesBack":{{(random.Next(2) == 0 ? "true" : "false")}},"reason":"{{key}}"}""", 0);
            case < 70 when owed.Count > 0: return new(key, "credit", $"charges/{Any(owed)}/credits", $$"""{"kind":"{{(random.Next(2) == 0 ? "waiver" : "credit-note")}}","amount":{{Money(amount / 20)}},"reason":"{{key}}"}""", 0);
            case < 76 when notInvoiced.Count > 0: var isDraft = random.Next(2) == 0; return new(key, isDraft ? "draft" : "invoice", "invoices", $$"""{"charges":["{{Any(notInvoiced)}}"],"isDraft":{{(isDraft ? "true" : "false")}}}""", 0);
            case < 80 when drafts.Count > 0: return new(key, "issue", $"invoices/{Any(drafts)}/issue", "{}", 0);
            case < 83 when drawer is not null: return new(key, "close", $"drawers/{drawer}/closing", $$"""{"counted":{{Money(amount)}},"reason":"{{key}}"}""", amount);
            default: return new(key, "charge", "charges", $$"""{"payerKind":"patient","payerId":"{{patient}}","title":"{{key}}","lines":[{"unitPrice":{{Money(amount)}},"taxRate":22,"quantity":1.5},{"unitPrice":{{Money(amount / 2)}},"discountRate":10}]}""", 0);
        }
    }

    private static Act Pay(string key, string method, Guid[] charges, long? amount) => new(key, "pay", "payments",
        $$"""{"charges":[{{string.Join(',', charges.Distinct().Select(c => $"\"{c}\""))}}],"method":"{{method}}",{{(amount is { } part ? $"\"amount\":{Money(part)}," : "")}}"reference":"{{key}}"}""", 0);

    private static string Money(long minor) => $$"""{"amount":"{{minor / 100}}.{{minor % 100:00}}"}""";

    // What an answer makes possible, or impossible.
    private void Note(string key, Answer answer)
    {
        if (!Open.Remove(key, out var act)) throw new InvalidOperationException($"{key} was answered twice.");
        Answered[key] = (act, answer);
        if (!answer.IsDone)
        {
            if (act.Kind == "pay") owed.RemoveAll(c => act.Body.Contains(c.ToString(), StringComparison.Ordinal));
            if (act.Kind is "draft" or "invoice") notInvoiced.RemoveAll(c => act.Body.Contains(c.ToString(), StringComparison.Ordinal));
            if (act.Kind == "issue") drafts.RemoveAll(d => act.Path.Contains(d.ToString(), StringComparison.Ordinal));
            return;
        }
        switch (act.Kind)
        {
            case "charge": Keep(owed, answer.Id); Keep(notInvoiced, answer.Id); break;
            case "pay" or "fill": Keep(paid, (answer.Id, act.Kind)); break;
            case "draft": Keep(drafts, answer.Id); break;
            case "open": drawer = answer.Id; break;
            case "close": drawer = null; break;
        }
    }

    private static void Keep<T>(List<T> list, T one)
    {
        list.Add(one);
        if (list.Count > Remembered) list.RemoveAt(0);
    }

    public void Dispose() => file.Dispose();
}
