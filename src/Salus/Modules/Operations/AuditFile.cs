using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Salus.Kernel;
using Salus.Kernel.Audit;

namespace Salus.Modules.Operations;

/// <summary>The form of audit rows and seals in an exported file, and its check without any database.</summary>
public static class AuditFile
{
    /// <summary>What the file's signature covers: the document without the signature, as compact JSON.</summary>
    public static byte[] Bytes(JsonObject content) => Encoding.UTF8.GetBytes(content.ToJsonString());

    public static JsonObject Write(AuditEvent e) => new()
    {
        ["seq"] = e.Seq, ["id"] = e.Id.ToString(), ["at"] = Iso(e.At), ["organisation"] = e.OrganisationId?.ToString(), ["actor_kind"] = e.ActorKind.ToString(), ["actor"] = e.ActorId?.ToString(),
        ["role"] = e.Role, ["action"] = e.Action, ["subject_kind"] = e.SubjectKind, ["subject"] = e.SubjectId?.ToString(), ["visit"] = e.VisitId?.ToString(), ["ip"] = e.Ip,
        ["user_agent"] = e.UserAgent, ["result"] = e.Result, ["request"] = e.RequestId, ["detail"] = e.Detail, ["subjects"] = e.Subjects, ["actual_actor"] = e.ActualActorId?.ToString(), ["actual_role"] = e.ActualRole,
    };

    public static JsonObject Write(AuditSeal seal, IEnumerable<AuditEvent> rows) => new()
    {
        ["no"] = seal.No, ["at"] = Iso(seal.At), ["bound"] = seal.Bound, ["count"] = seal.Count, ["root"] = seal.Root, ["previous"] = seal.Previous, ["key_id"] = seal.KeyId, ["signature"] = seal.Signature,
        ["leaves"] = new JsonArray([.. rows.Select(r => JsonValue.Create(Convert.ToHexStringLower(Merkle.Leaf(r.Canonical()))))]),
    };

    /// <summary>Every fault of an exported file; empty when it is whole and unchanged.</summary>
    public static async Task<IReadOnlyList<string>> Verify(Stream file)
    {
        try
        {
            var content = (await JsonNode.ParseAsync(file))!.AsObject();
            var faults = new List<string>();
            var key = content["public_key"]!.GetValue<string>();
            var signature = content["signature"]!.GetValue<string>();
            content.Remove("signature");
            if (!AuditKey.Verify(key, Bytes(content), signature)) faults.Add("the file was changed after it was signed");
            var sealedRows = CheckSeals(content["audit_seals"]!.AsArray(), key, faults);
            var counts = content["export_metadata"]!["record_counts"]!;
            foreach (var part in (string[])["patients", "visits", "queues", "audit_events"])
                if (content[part]!.AsArray().Count != counts[part]!.GetValue<int>()) faults.Add($"{part}: not as many as the file says");
            var last = content["audit_seals"]!.AsArray().LastOrDefault()?["at"]?.GetValue<string>() ?? "";
            foreach (var row in content["audit_events"]!.AsArray().Select(r => Read(r!.AsObject())))
                if (!sealedRows.Contains(Convert.ToHexStringLower(Merkle.Leaf(row.Canonical()))) && string.CompareOrdinal(Iso(row.At.AddMinutes(1)), last) < 0) faults.Add($"row {row.Seq} is under no seal");
            return faults;
        }
        catch (Exception error) when (error is JsonException or NullReferenceException or InvalidOperationException or FormatException)
        {
            return ["this is not an export of an audit log"];
        }
    }

    private static HashSet<string> CheckSeals(JsonArray seals, string key, List<string> faults)
    {
        var (leaves, previous) = (new HashSet<string>(), default(AuditSeal));
        foreach (var node in seals.Select(s => s!.AsObject()))
        {
            var seal = new AuditSeal
            {
                No = node["no"]!.GetValue<long>(), At = Time(node["at"]), Bound = node["bound"]!.GetValue<long>(), Count = node["count"]!.GetValue<int>(), Root = Str(node["root"]),
                Previous = Str(node["previous"]), KeyId = Str(node["key_id"]), Signature = Str(node["signature"]),
            };
            var hashes = node["leaves"]!.AsArray().Select(l => l!.GetValue<string>()).ToList();
            if (!AuditKey.Verify(key, seal.Canonical(), seal.Signature)) faults.Add($"seal {seal.No} has a wrong signature");
            if (hashes.Count != seal.Count || Merkle.RootOf([.. hashes.Select(Convert.FromHexString)]) != seal.Root) faults.Add($"seal {seal.No} does not fit its rows");
            if (previous is not null && (seal.No != previous.No + 1 || seal.Previous != AuditSealer.Hash(previous))) faults.Add($"seal {seal.No} does not continue the seal before it");
            leaves.UnionWith(hashes);
            previous = seal;
        }
        return leaves;
    }

    private static AuditEvent Read(JsonObject row) => new()
    {
        Seq = row["seq"]!.GetValue<long>(), Id = Guid.Parse(Str(row["id"])), At = Time(row["at"]), OrganisationId = Id(row["organisation"]), ActorKind = Enum.Parse<ActorKind>(Str(row["actor_kind"])),
        ActorId = Id(row["actor"]), Role = Str(row["role"]), Action = Str(row["action"]), SubjectKind = Str(row["subject_kind"]), SubjectId = Id(row["subject"]), VisitId = Id(row["visit"]),
        Ip = Str(row["ip"]), UserAgent = Str(row["user_agent"]), Result = Str(row["result"]), RequestId = Str(row["request"]), Detail = Str(row["detail"]), Subjects = row["subjects"]?.GetValue<string>() ?? "",
        ActualActorId = Id(row["actual_actor"]), ActualRole = row["actual_role"]?.GetValue<string>() ?? "",
    };

    private static string Str(JsonNode? node) => node!.GetValue<string>();
    private static Guid? Id(JsonNode? node) => node is null ? null : Guid.Parse(node.GetValue<string>());
    private static DateTime Time(JsonNode? node) => DateTime.Parse(Str(node), CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal);
    private static string Iso(DateTime at) => at.ToString("yyyy-MM-ddTHH:mm:ss.ffffffZ", CultureInfo.InvariantCulture);
}
