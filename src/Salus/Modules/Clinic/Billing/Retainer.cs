using System.ComponentModel.DataAnnotations;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Salus.Kernel;
using Salus.Kernel.Data;
using Salus.Modules.Clinic.Patients;

namespace Salus.Modules.Clinic.Billing;

public enum RetainerKind { Monthly, Quarterly, Annual, Corporate, Other }

/// <summary>A patient who pays the clinic a standing fee and gets a discount on everything while it runs.</summary>
public sealed class Retainer : IOwned
{
    public Guid Id { get; set; } = Guid.CreateVersion7();
    public Guid OrganisationId { get; set; }
    public Guid PatientId { get; set; }
    public RetainerKind Kind { get; set; }
    public DateOnly From { get; set; }

    /// <summary>The last day.</summary>
    public DateOnly To { get; set; }
    public Guid RecordedBy { get; set; }
    public DateTime RecordedAt { get; set; }
    public DateTime? EndedAt { get; set; }

    /// <summary>In hundredths of a percent.</summary>
    public static int RateOf(RetainerKind kind) => kind switch { RetainerKind.Quarterly => 1500, RetainerKind.Annual => 2000, RetainerKind.Corporate => 2500, _ => 1000 };

    /// <summary>The best discount that a patient has on a day.</summary>
    public static async Task<int> RateOf(SalusDb db, Guid patientId, DateOnly day, CancellationToken ct)
    {
        var kinds = await db.Retainers.AsNoTracking().Where(r => r.PatientId == patientId && r.EndedAt == null && r.From <= day && r.To >= day).Select(r => r.Kind).ToListAsync(ct);
        return kinds.Count == 0 ? 0 : kinds.Max(RateOf);
    }
}

public static class RetainerTables
{
    extension(SalusDb db)
    {
        public DbSet<Retainer> Retainers => db.Set<Retainer>();
    }
}

internal sealed class RetainerTable : IEntityTypeConfiguration<Retainer>
{
    public void Configure(EntityTypeBuilder<Retainer> table)
    {
        table.ToTable("clinic_retainers");
        table.HasIndex(r => r.PatientId);
        table.HasOne<Patient>().WithMany().HasForeignKey(r => r.PatientId).OnDelete(DeleteBehavior.Restrict);
    }
}

/// <summary>Writes down that a patient has a standing agreement; bills that are there already keep what they were made with.</summary>
public sealed class AddRetainer(Tools tools) : UseCase<AddRetainer.Command, Guid>(tools)
{
    public const string Action = "retainer.add";
    private const int MostYears = 5;

    public sealed record Command
    {
        public Guid PatientId { get; init; }

        [EnumDataType(typeof(RetainerKind), ErrorMessage = "Choose one of the list.")]
        public RetainerKind Kind { get; init; }
        public DateOnly From { get; init; }
        public DateOnly To { get; init; }
    }

    protected override string Name => Action;
    protected override bool IsRepeatable => true;
    protected override Task Authorize(Command command, CancellationToken ct) => Require(ClinicPermissions.Insure);

    protected override async Task<Guid> Handle(Command command, CancellationToken ct)
    {
        if (!await Db.PatientsVisibleTo(Actor, Now).AnyAsync(p => p.Id == command.PatientId && p.ArchivedAt == null, ct)) throw Refusal.NotFound();
        if (command.From == default) throw Refusal.Field("from", "Please fill this in.");
        if (command.To < command.From || command.To > command.From.AddYears(MostYears)) throw Refusal.Field("to", "It ends after it begins, and within five years.");
        var retainer = new Retainer { PatientId = command.PatientId, Kind = command.Kind, From = command.From, To = command.To, RecordedBy = Actor.Id ?? throw Refusal.Forbidden(), RecordedAt = Now };
        Db.Add(retainer);
        Subject("patient", command.PatientId, command.Kind.ToString());
        return retainer.Id;
    }
}

/// <summary>Ends such an agreement before its time.</summary>
public sealed class EndRetainer(Tools tools) : UseCase<EndRetainer.Command, Guid>(tools)
{
    public const string Action = "retainer.end";

    public sealed record Command
    {
        public Guid PatientId { get; init; }
        public Guid RetainerId { get; init; }
    }

    protected override string Name => Action;
    protected override Task Authorize(Command command, CancellationToken ct) => Require(ClinicPermissions.Insure);

    protected override async Task<Guid> Handle(Command command, CancellationToken ct)
    {
        var visible = Db.PatientsVisibleTo(Actor, Now);
        var retainer = await Db.Retainers.FirstOrDefaultAsync(r => r.Id == command.RetainerId && r.PatientId == command.PatientId && visible.Any(p => p.Id == r.PatientId), ct) ?? throw Refusal.NotFound();
        if (retainer.EndedAt is not null) throw new Refusal(409, "retainer.ended", "This agreement has ended already.");
        retainer.EndedAt = Now;
        Subject("patient", retainer.PatientId, retainer.Kind.ToString());
        return retainer.Id;
    }
}
