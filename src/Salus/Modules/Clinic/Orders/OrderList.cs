using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Kernel.Data;
using Salus.Kernel.Live;
using Salus.Modules.Clinic.Encounters;
using Salus.Modules.Clinic.Patients;
using Salus.Modules.Clinic.Queue;
using Salus.Modules.Organisations.Contract;

namespace Salus.Modules.Clinic.Orders;

/// <summary>Whose work it is.</summary>
public enum WorkPlace { Lab, Imaging, Nursing }

/// <summary>The orders of one visit in a list of work.</summary>
/// <param name="IsHidden">The record is restricted and not open to the reader: who it is and what was ordered are not told.</param>
public sealed record OrderGroup(Guid EncounterId, Guid PatientId, string PatientNumber, string PatientName, int? Age, Gender Gender, string Doctor, bool IsHidden, bool IsVisitOpen, IReadOnlyList<OrderLine> Orders);

/// <param name="Next">Where the list goes on; null: it ends here.</param>
public sealed record OrderPage(WorkPlace Place, bool Done, IReadOnlyList<OrderGroup> Items, string? Next);

/// <summary>
/// The work of the laboratory, of imaging, or of the nurses (samples to take and procedures to do), by visit: emergencies first, then urgent ones, then the oldest.
/// Or what is done already, newest first: those who wrote a result may always read it again.
/// </summary>
public sealed class OrderList(Tools tools, OrganisationSlot organisation) : ReadModel<OrderList.Query, OrderPage>(tools)
{
    public const string Action = "order.list";

    public sealed record Query : IRefreshable
    {
        public WorkPlace Place { get; init; }
        public bool Done { get; init; }

        /// <summary>The last order of the page before.</summary>
        public Guid? After { get; init; }
        public int Limit { get; init; } = 50;

        /// <summary>True when an open page fetches its list again: opening it stands in the log.</summary>
        public bool IsRefresh { get; init; }
    }

    protected override string Name => Action;

    /// <summary>Open lists of work fetch themselves again.</summary>
    public static string Topic(Guid organisationId) => $"orders:{organisationId}";

    public static string Permission(WorkPlace place) => place switch { WorkPlace.Lab => ClinicPermissions.ReadLabList, WorkPlace.Imaging => ClinicPermissions.ReadImagingList, _ => ClinicPermissions.DoProcedures };

    protected override Task Authorize(Query query, CancellationToken ct) => Require(Permission(query.Place));

    protected override (string, IReadOnlyCollection<Guid>)? Shown(Query query, OrderPage result) =>
        result.Items.All(g => g.IsHidden) ? null : ("patient", [.. result.Items.Where(g => !g.IsHidden).Select(g => g.PatientId).Distinct()]);


    protected override async Task<OrderPage> Handle(SalusDb db, Query query, CancellationToken ct)
    {
        if (query.Limit is < 1 or > 100) throw Refusal.Field("limit", "Between 1 and 100.");
        var orders = await Sorted(db, query).Take(query.Limit + 1).ToListAsync(ct);
        var next = orders.Count > query.Limit ? orders[query.Limit - 1].Id.ToString() : null;
        var lines = await OrderLines.Of(db, [.. orders.Take(query.Limit)], ct);
        var ids = lines.Select(o => o.EncounterId).Distinct().ToList();
        var (visible, patients, accounts) = (db.PatientsVisibleTo(Actor, Clock.Now()), db.Patients, db.Set<Accounts.Contract.Account>());
        var visits = await db.Encounters.AsNoTracking().Where(e => ids.Contains(e.Id)).Select(e => new
        {
            Encounter = e, Patient = patients.First(p => p.Id == e.PatientId), IsVisible = visible.Any(p => p.Id == e.PatientId), Doctor = accounts.Where(a => a.Id == e.DoctorId).Select(a => a.Name).FirstOrDefault(),
        }).ToDictionaryAsync(v => v.Encounter.Id, ct);
        var today = Clock.Today(organisation.Current.Zone);
        var groups = lines.GroupBy(o => o.EncounterId).Select(g =>
        {
            var (visit, p, isHidden) = (visits[g.Key], visits[g.Key].Patient, !visits[g.Key].IsVisible);
            return new OrderGroup(g.Key, p.Id, p.Number, isHidden ? Text.Dots : p.Name, isHidden ? null : p.Age(today), isHidden ? Gender.Unknown : p.Gender, visit.Doctor ?? "", isHidden, visit.Encounter.IsOpen, isHidden ? [] : [.. g]);
        });
        return new(query.Place, query.Done, [.. groups], next);
    }

    private static IQueryable<Order> Sorted(SalusDb db, Query query)
    {
        var (orders, after) = (db.Orders.AsNoTracking(), query.After);
        if (query.Done)
        {
            var done = orders.Where(o => o.State == OrderState.Resulted && (query.Place == WorkPlace.Lab ? o.Kind == OrderKind.Lab : query.Place == WorkPlace.Imaging ? o.Kind == OrderKind.Imaging : o.Kind == OrderKind.Procedure));
            return (after is null ? done : done.Where(o => o.Id < after)).OrderByDescending(o => o.Id);
        }
        var open = query.Place switch
        {
            WorkPlace.Lab => orders.Where(o => o.Kind == OrderKind.Lab && (o.State == OrderState.Ordered || o.State == OrderState.InProgress)),
            WorkPlace.Imaging => orders.Where(o => o.Kind == OrderKind.Imaging && (o.State == OrderState.Ordered || o.State == OrderState.InProgress)),
            _ => orders.Where(o => (o.Kind == OrderKind.Lab && o.State == OrderState.Ordered) || (o.Kind == OrderKind.Procedure && (o.State == OrderState.Ordered || o.State == OrderState.InProgress))),
        };
        if (after is not null)
        {
            var rank = orders.Where(o => o.Id == after).Select(o => o.Priority == OrderPriority.Stat ? 0 : o.Priority == OrderPriority.Urgent ? 1 : 2);
            open = open.Where(o => (o.Priority == OrderPriority.Stat ? 0 : o.Priority == OrderPriority.Urgent ? 1 : 2) > rank.First()
                || ((o.Priority == OrderPriority.Stat ? 0 : o.Priority == OrderPriority.Urgent ? 1 : 2) == rank.First() && o.Id > after));
        }
        return open.OrderBy(o => o.Priority == OrderPriority.Stat ? 0 : o.Priority == OrderPriority.Urgent ? 1 : 2).ThenBy(o => o.Id);
    }
}

/// <summary><c>orders:{organisation}</c>: for all who have a list of orders to work on.</summary>
public sealed class OrdersTopic(MembershipReader members, Database database) : ITopicGuard
{
    public string Prefix => "orders";

    public async Task<string?> Hears(HttpContext http, string topic, CancellationToken ct)
    {
        if (!Guid.TryParse(topic.AsSpan(Prefix.Length + 1), out var id)) return null;
        foreach (var place in Enum.GetValues<WorkPlace>())
            if (await StaffTopic.May(members, database, http, id, OrderList.Permission(place), ct)) return topic;
        return null;
    }
}
