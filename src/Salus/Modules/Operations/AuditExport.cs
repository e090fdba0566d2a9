using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Kernel.Audit;
using Salus.Kernel.Data;
using Salus.Modules.Clinic.Contract;
using Salus.Modules.Organisations.Contract;

namespace Salus.Modules.Operations;

/// <summary>
/// Writes a clinic's patients, visits, queues and audit log of the last days as one signed file: pure JSON or CSV, to be
/// checked offline with <c>audit verify --file</c>. The export is itself an act in the log.
/// </summary>
public sealed class AuditExport(Tools tools, AuditKey key, ClinicExport clinic, RateLimits limits, Settings settings)
{
    public const string Action = "audit.export", Large = "audit.export-large";
    private const int MostDays = 366;

    /// <exception cref="Refusal">403 without the right, 404 for an unknown organisation, 422 for a bad number of days, 429 <c>rate-limit</c>.</exception>
    public async Task Run(string? slug, int days, string format, Stream output, CancellationToken ct)
    {
        if (!tools.Actor.May(OperationsModule.ReadAudit)) throw Refusal.Forbidden();
        await tools.Actor.RequireProof(tools.Clock.Now());
        if (days is < 1 or > MostDays) throw Refusal.Field("days", "Between 1 and 366.");
        await Limit();
        var organisation = await Find(slug, ct);
        var (until, now) = (tools.Clock.Now(), tools.Clock.Now());
        var from = until.AddDays(-days);
        var row = AuditEvent.By(tools.Actor, now, Action);
        (row.OrganisationId, row.SubjectKind, row.SubjectId, row.Detail) = (organisation.Id, "organisation", organisation.Id, $"{days} days {format}");
        await tools.Audit.Write([row]);
        await using var db = tools.Database.Open(organisation.Id);
        var data = await clinic.Read(db, from, ct);
        await NoteSize(data, organisation);
        if (format == "csv") await WriteCsv(data, output);
        else await WriteJson(db, data, from, until, output, ct);
    }

    private async Task Limit()
    {
        if (tools.Actor.Id is not { } account || await limits.Count(settings.ExportLimit, $"account:{account:N}") is not { } excess) return;
        if (excess.IsFirst) await tools.Audit.Refused(tools.Actor, Action, excess.Refusal);
        throw excess.Refusal;
    }

    // A row of its own before anything leaves, so that whoever watches the log sees it.
    private async Task NoteSize(ClinicData data, Organisation organisation)
    {
        var patients = data.Patients.Select(p => p.Number).Union(data.Visits.Select(v => v.PatientNumber)).Count();
        if (patients <= settings.AlertExport) return;
        var row = AuditEvent.By(tools.Actor, tools.Clock.Now(), Large);
        (row.OrganisationId, row.SubjectKind, row.SubjectId, row.Detail) = (organisation.Id, "organisation", organisation.Id, $"{patients} patients");
        await tools.Audit.Write([row]);
    }

    private async Task<Organisation> Find(string? slug, CancellationToken ct)
    {
        await using var db = tools.Database.Open();
        var found = await db.Organisations.AsNoTracking().Where(o => slug == null || o.Slug == slug).Take(2).ToListAsync(ct);
        return found.Count switch
        {
            1 => found[0],
            0 => throw Refusal.NotFound(),
            _ => throw Refusal.Field("org", "There are several organisations: name one with --org."),
        };
    }

    private async Task WriteJson(SalusDb db, ClinicData data, DateTime from, DateTime until, Stream output, CancellationToken ct)
    {
        var events = await db.Set<AuditEvent>().AsNoTracking().Where(e => e.OrganisationId == db.OrganisationId && e.At >= from).OrderBy(e => e.Seq).ToListAsync(ct);
        var content = new JsonObject
        {
            ["export_metadata"] = new JsonObject
            {
                ["timestamp"] = Iso(until), ["date_range"] = new JsonObject { ["start"] = Iso(from), ["end"] = Iso(until) },
                ["record_counts"] = new JsonObject { ["patients"] = data.Patients.Count, ["visits"] = data.Visits.Count, ["queues"] = data.Queues.Count, ["audit_events"] = events.Count },
            },
            ["patients"] = new JsonArray([.. data.Patients.Select(p => new JsonObject
            {
                ["registration_number"] = p.Number, ["name"] = p.Name, ["gender"] = p.Gender, ["phone"] = p.Phone, ["created_at"] = Iso(p.CreatedAt), ["updated_at"] = Iso(p.UpdatedAt),
            })]),
            ["visits"] = new JsonArray([.. data.Visits.Select(v => new JsonObject
            {
                ["id"] = v.Id.ToString(), ["token_number"] = v.Number, ["visit_date"] = v.Day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), ["status"] = v.State,
                ["patient__registration_number"] = v.PatientNumber, ["patient__name"] = v.PatientName, ["queue__name"] = v.Queue, ["created_at"] = Iso(v.CreatedAt), ["updated_at"] = Iso(v.UpdatedAt),
            })]),
            ["queues"] = new JsonArray([.. data.Queues.Select(q => new JsonObject { ["id"] = q.Id.ToString(), ["name"] = q.Name, ["created_at"] = Iso(q.CreatedAt), ["updated_at"] = Iso(q.CreatedAt) })]),
            ["audit_events"] = new JsonArray([.. events.Select(AuditFile.Write)]),
            ["audit_seals"] = await Seals(db, events, ct),
            ["public_key"] = key.PublicPem,
        };
        content["signature"] = key.Sign(AuditFile.Bytes(content));
        await using var writer = new Utf8JsonWriter(output, new JsonWriterOptions { Indented = true });
        content.WriteTo(writer);
        await writer.FlushAsync(ct);
    }

    /// <summary>The seals over the exported rows. Rows of other organisations under the same seal are there as hashes only.</summary>
    private static async Task<JsonArray> Seals(SalusDb db, List<AuditEvent> events, CancellationToken ct)
    {
        var array = new JsonArray();
        if (events.Count == 0) return array;
        var previous = 0L;
        var seals = await db.Set<AuditSeal>().AsNoTracking().OrderBy(s => s.No).ToListAsync(ct);
        foreach (var seal in seals)
        {
            var (from, below) = (previous, seal.Bound);
            previous = seal.Bound;
            if (seal.At < events[0].At) continue;
            var rows = await AuditSealer.Batch(db, from, below).ToListAsync(ct);
            array.Add(AuditFile.Write(seal, rows));
        }
        return array;
    }

    private static async Task WriteCsv(ClinicData data, Stream output)
    {
        await using var csv = new Csv(output);
        await csv.Line("Entity", "ID", "Name", "Status", "Created", "Updated");
        foreach (var p in data.Patients) await csv.Line("Patient", p.Number, p.Name, "", Iso(p.CreatedAt), Iso(p.UpdatedAt));
        foreach (var v in data.Visits) await csv.Line("Visit", v.Id.ToString(), v.PatientName, v.State, Iso(v.CreatedAt), Iso(v.UpdatedAt));
    }

    private static string Iso(DateTime at) => at.ToString("yyyy-MM-ddTHH:mm:ss.ffffffZ", CultureInfo.InvariantCulture);
}
