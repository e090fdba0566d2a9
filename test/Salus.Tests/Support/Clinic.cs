using Microsoft.EntityFrameworkCore;
using Salus.Kernel.Audit;
using Salus.Kernel.Data;
using Salus.Modules.Accounts.Contract;
using Salus.Modules.Organisations.Contract;

namespace Salus.Tests.Support;

/// <summary>A clinic with its people. Staff are written to the database directly: an invitation each would cost a password hash each.</summary>
public sealed class Clinic
{
    private readonly Dictionary<string, Account> people = [];
    private string display = "";

    private Clinic(RunningSalus salus, Guid id, string slug) => (Salus, Id, Slug) = (salus, id, slug);

    public RunningSalus Salus { get; private set; }
    public Guid Id { get; }
    public string Slug { get; }

    public Caller Admin => As("admin");
    public Caller Receptionist => As("receptionist");
    public Caller Doctor => As("doctor");
    public Caller SecondDoctor => As("second-doctor");
    public Caller Nurse => As("nurse");
    public Caller Lab => As("lab");
    public Caller Radiology => As("radiology");
    public Caller Pharmacist => As("pharmacist");
    public Caller Display => new(Salus.Http, "device_" + display, Slug);
    public Caller Anonymous => Salus.Anonymous(Slug);

    /// <summary>Everybody with a role here, by the name that tests use.</summary>
    public static readonly IReadOnlyDictionary<string, string> RoleOf = new Dictionary<string, string>
    {
        ["admin"] = Role.Admin, ["receptionist"] = Role.Receptionist, ["doctor"] = Role.Doctor, ["second-doctor"] = Role.Doctor, ["nurse"] = Role.Nurse, ["lab"] = Role.Lab,
        ["radiology"] = Role.Radiology, ["pharmacist"] = Role.Pharmacist, ["display"] = Role.Display,
    };

    public static async Task<Clinic> Make(RunningSalus salus, string zone = "Europe/Rome")
    {
        var slug = "c-" + Guid.NewGuid().ToString("N")[..12];
        var made = (await salus.As(await salus.Owner(), slug).Post("/api/v1/orgs", new { name = "Clinic " + slug, slug, timeZone = zone })).Is(201);
        var clinic = new Clinic(salus, made.Id, slug);
        foreach (var (name, role) in RoleOf.Where(r => r.Value != Role.Display)) await clinic.Hire(name, role);
        clinic.display = (await clinic.Admin.Post("devices", new { name = "Hall" })).Is(201)["secret"].GetString()!;
        return clinic;
    }

    /// <summary>A person with roles here, under a name that tests use.</summary>
    public async Task<Account> Hire(string name, string roles)
    {
        var account = NewAccount.Make($"{name}.{Slug}@example.org", $"Person {name}", RunningSalus.PasswordHash, DateTime.UtcNow);
        await Salus.Database.Write(Id, async db =>
        {
            db.Add(account);
            db.Add(new Membership { OrganisationId = Id, AccountId = account.Id, Roles = roles, CreatedAt = DateTime.UtcNow });
            return await db.SaveChangesAsync();
        }, default);
        return people[name] = account;
    }

    /// <summary>The same clinic after its server was started again.</summary>
    public Clinic On(RunningSalus salus)
    {
        Salus = salus;
        return this;
    }

    public Account Account(string name) => people[name];

    /// <summary>A person by name, "display", or "anonymous".</summary>
    public Caller As(string name) => name switch
    {
        "display" => Display,
        "anonymous" => Anonymous,
        "stranger" => throw new ArgumentException("A stranger comes from another clinic: use other.Admin at this slug."),
        _ => Salus.As(people[name], Slug),
    };

    /// <summary>Somebody of this clinic who calls at another clinic's address.</summary>
    public Caller At(string slug, string name = "admin") => Salus.As(people[name], slug);

    /// <summary>Eleven minutes pass for the sessions of one person: a proof of who it is is too old then.</summary>
    public Task<int> Age(string name) => Salus.Database.Write(null, async db =>
    {
        var id = people[name].Id;
        foreach (var session in await db.Sessions.Where(s => s.AccountId == id).ToListAsync()) session.ProvedAt = session.ProvedAt.AddMinutes(-11);
        return await db.SaveChangesAsync();
    }, default);

    public SalusDb Open() => Salus.Database.Open(Id);

    public async Task<Answer> Register(string name = "Anna Rossi", object? form = null) => (await Receptionist.Post("patients", form ?? new { name })).Is(201);

    public async Task<Guid> Queue(string name = "General", string prefix = "", int[]? openDays = null) =>
        (await Admin.Post("queues", new { name, prefix, openDays = openDays ?? [0, 1, 2, 3, 4, 5, 6] })).Is(201).Id;

    /// <summary>A new patient's token in a queue.</summary>
    public async Task<Answer> Issue(Guid queue, string name = "Anna Rossi", string urgency = "routine") =>
        (await Receptionist.Post("tickets", new { patientId = (await Register(name)).Id, queueId = queue, urgency, reason = urgency == "routine" ? null : "Pain" })).Is(201);

    /// <summary>A new patient's open visit.</summary>
    public async Task<Guid> Visit(string name = "Anna Rossi", object? patient = null) =>
        (await Receptionist.Post("encounters", new { patientId = (await Register(name, patient)).Id, complaint = "Cough" })).Is(201).Id;

    public Task<Answer> Step(Guid ticket, string step, Caller? by = null) => (by ?? Doctor).Post($"tickets/{ticket}/steps", new { step });

    /// <summary>The audit rows of this clinic, oldest first.</summary>
    public async Task<List<AuditEvent>> Audit(string? action = null, Guid? subject = null)
    {
        await using var db = Open();
        return await db.Set<AuditEvent>().AsNoTracking()
            .Where(e => e.OrganisationId == Id && (action == null || e.Action == action) && (subject == null || e.SubjectId == subject)).OrderBy(e => e.Seq).ToListAsync();
    }
}
