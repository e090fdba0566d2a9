using System.ComponentModel.DataAnnotations;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Salus.Kernel;
using Salus.Kernel.Data;

namespace Salus.Modules.Clinic.Orders.Lists;

/// <summary>Texts with which a consultation can begin. No patient's words belong into it.</summary>
public sealed class ClinicalTemplate : IOwned, IVersioned
{
    public const int MostText = 10_000;

    public Guid Id { get; set; } = Guid.CreateVersion7();
    public Guid OrganisationId { get; set; }

    /// <summary>The person who keeps it for oneself; null: it is the clinic's.</summary>
    public Guid? OwnerId { get; set; }
    public string Name { get; set; } = "";
    public string History { get; set; } = "";
    public string Examination { get; set; } = "";
    public string Assessment { get; set; } = "";
    public string Plan { get; set; } = "";
    public int Uses { get; set; }
    public DateTime? ArchivedAt { get; set; }
    public Guid Version { get; set; }
}

internal sealed class ClinicalTemplateTable : IEntityTypeConfiguration<ClinicalTemplate>
{
    public void Configure(EntityTypeBuilder<ClinicalTemplate> table)
    {
        table.ToTable("clinic_templates");
        table.Property(t => t.Name).HasMaxLength(80);
        table.HasIndex(t => new { t.OrganisationId, t.OwnerId });
    }
}

/// <param name="IsOwn">Nobody else sees it.</param>
public sealed record TemplateLine(Guid Id, string Name, bool IsOwn, string History, string Examination, string Assessment, string Plan, int Uses, Guid Version);

/// <summary>The templates that somebody can use: one's own and the clinic's, the most used first.</summary>
public static class Templates
{
    private const int Most = 200;

    public static async Task<IReadOnlyList<TemplateLine>> Of(SalusDb db, Actor actor, CancellationToken ct) =>
        [.. (await Reach(db, actor).AsNoTracking().OrderByDescending(t => t.Uses).ThenBy(t => t.Name).ThenBy(t => t.Id).Take(Most).ToListAsync(ct)).Select(Of)];

    internal static TemplateLine Of(ClinicalTemplate t) => new(t.Id, t.Name, t.OwnerId is not null, t.History, t.Examination, t.Assessment, t.Plan, t.Uses, t.Version);

    internal static IQueryable<ClinicalTemplate> Reach(SalusDb db, Actor actor) => db.Templates.Where(t => t.ArchivedAt == null && (t.OwnerId == null || t.OwnerId == actor.Id));
}

/// <summary>Writes a template, for oneself or for the clinic.</summary>
public sealed class SaveTemplate(Tools tools) : UseCase<SaveTemplate.Command, TemplateLine>(tools)
{
    public const string Action = "template.save";

    public sealed record Command
    {
        /// <summary>Empty: a new one.</summary>
        public Guid? Id { get; init; }

        [Required(ErrorMessage = "Please fill this in."), StringLength(80, ErrorMessage = "This is too long.")]
        public string Name { get; init; } = "";

        /// <summary>For oneself alone; else the clinic's. It stays what it was made as.</summary>
        public bool IsOwn { get; init; }

        [StringLength(ClinicalTemplate.MostText, ErrorMessage = "This is too long.")]
        public string? History { get; init; }

        [StringLength(ClinicalTemplate.MostText, ErrorMessage = "This is too long.")]
        public string? Examination { get; init; }

        [StringLength(ClinicalTemplate.MostText, ErrorMessage = "This is too long.")]
        public string? Assessment { get; init; }

        [StringLength(ClinicalTemplate.MostText, ErrorMessage = "This is too long.")]
        public string? Plan { get; init; }
        public Guid? Version { get; init; }
    }

    protected override string Name => Action;
    protected override Task Authorize(Command command, CancellationToken ct) => Require(ClinicPermissions.ManageTemplates);

    protected override async Task<TemplateLine> Handle(Command command, CancellationToken ct)
    {
        var template = command.Id is { } id ? await Templates.Reach(Db, Actor).FirstOrDefaultAsync(t => t.Id == id, ct) ?? throw Refusal.NotFound() : new() { OwnerId = command.IsOwn ? Actor.Id : null };
        Subject("template", template.Id, command.Id is null ? "new" : "changed");
        if (command.Version is { } seen && seen != template.Version) throw Refusal.Stale();
        var name = Text.Clean(command.Name);
        if (name.Length == 0) throw Refusal.Field("name", "Please fill this in.");
        (template.Name, template.History, template.Examination, template.Assessment, template.Plan, template.Version) =
            (name, Text.Lines(command.History), Kernel.Text.Lines(command.Examination), Kernel.Text.Lines(command.Assessment), Kernel.Text.Lines(command.Plan), Guid.CreateVersion7());
        if (command.Id is null) Db.Add(template);
        return Templates.Of(template);
    }
}

/// <summary>Takes a template away.</summary>
public sealed class ArchiveTemplate(Tools tools) : UseCase<ArchiveTemplate.Command, Guid>(tools)
{
    public const string Action = "template.archive";

    public sealed record Command { public Guid Id { get; init; } }

    protected override string Name => Action;
    protected override Task Authorize(Command command, CancellationToken ct) => Require(ClinicPermissions.ManageTemplates);

    protected override async Task<Guid> Handle(Command command, CancellationToken ct)
    {
        var template = await Templates.Reach(Db, Actor).FirstOrDefaultAsync(t => t.Id == command.Id, ct) ?? throw Refusal.NotFound();
        Subject("template", template.Id);
        template.ArchivedAt = Now;
        return template.Id;
    }
}

/// <summary>Gives a template's texts to a consultation and counts the use.</summary>
public sealed class UseTemplate(Tools tools) : UseCase<UseTemplate.Command, TemplateLine>(tools)
{
    public const string Action = "template.use";

    public sealed record Command { public Guid Id { get; init; } }

    protected override string Name => Action;
    protected override Task Authorize(Command command, CancellationToken ct) => Require(ClinicPermissions.WriteConsultations);

    protected override async Task<TemplateLine> Handle(Command command, CancellationToken ct)
    {
        // Counted in the database: two who use it at once are two.
        await Templates.Reach(Db, Actor).Where(t => t.Id == command.Id).ExecuteUpdateAsync(set => set.SetProperty(t => t.Uses, t => t.Uses + 1), ct);
        var template = await Templates.Reach(Db, Actor).AsNoTracking().FirstOrDefaultAsync(t => t.Id == command.Id, ct) ?? throw Refusal.NotFound();
        Subject("template", template.Id);
        return Templates.Of(template);
    }
}

/// <summary>The templates that one can use and define.</summary>
public sealed class TemplateList(Tools tools) : ReadModel<TemplateList.Query, IReadOnlyList<TemplateLine>>(tools)
{
    public const string Action = "template.list";

    public sealed record Query;

    protected override string Name => Action;
    protected override Task Authorize(Query query, CancellationToken ct) => Require(ClinicPermissions.ManageTemplates);
    protected override (string, IReadOnlyCollection<Guid>)? Shown(Query query, IReadOnlyList<TemplateLine> result) => null;
    protected override Task<IReadOnlyList<TemplateLine>> Handle(SalusDb db, Query query, CancellationToken ct) => Templates.Of(db, Actor, ct);
}
