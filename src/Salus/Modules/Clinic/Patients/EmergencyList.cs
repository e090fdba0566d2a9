using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Kernel.Data;
using Salus.Modules.Accounts.Contract;

namespace Salus.Modules.Clinic.Patients;

/// <summary>One emergency access as the manager sees it.</summary>
public sealed record EmergencyLine(Guid Id, string Who, Guid AccountId, Guid PatientId, string PatientNumber, string Reason, DateTime StartedAt, DateTime EndsAt, bool IsOpen);

public sealed record EmergencyPage(IReadOnlyList<EmergencyLine> Items, string? Next);

/// <summary>Who opened restricted records in an emergency, newest first.</summary>
public sealed class EmergencyList(Tools tools) : ReadModel<EmergencyList.Query, EmergencyPage>(tools)
{
    public const string Action = "access.list";

    public sealed record Query
    {
        public Guid? After { get; init; }
        public int Limit { get; init; } = 25;
    }

    protected override string Name => Action;

    protected override Task Authorize(Query query, CancellationToken ct) => Require(ClinicPermissions.ReviewEmergencies);

    protected override (string, IReadOnlyCollection<Guid>)? Shown(Query query, EmergencyPage result) =>
        result.Items.Count == 0 ? null : ("patient", [.. result.Items.Select(e => e.PatientId).Distinct()]);

    protected override async Task<EmergencyPage> Handle(SalusDb db, Query query, CancellationToken ct)
    {
        if (query.Limit is < 1 or > 100) throw Refusal.Field("limit", "Between 1 and 100.");
        var (accounts, patients, now) = (db.Accounts, db.Patients, Clock.Now());
        var found = db.EmergencyAccesses.AsNoTracking();
        if (query.After is { } after) found = found.Where(e => e.Id < after);
        var rows = await found.OrderByDescending(e => e.Id).Take(query.Limit + 1).Select(e => new
        {
            Access = e, Who = accounts.Where(a => a.Id == e.AccountId).Select(a => a.Name).First(), Number = patients.Where(p => p.Id == e.PatientId).Select(p => p.Number).First(),
        }).ToListAsync(ct);
        var items = rows.Take(query.Limit).Select(r => new EmergencyLine(r.Access.Id, r.Who, r.Access.AccountId, r.Access.PatientId, r.Number, r.Access.Reason, r.Access.StartedAt, r.Access.EndsAt, r.Access.EndsAt > now)).ToList();
        return new(items, rows.Count > query.Limit ? items[^1].Id.ToString() : null);
    }
}
