using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using System.Text.Json;
using Salus.Kernel.Data;

namespace Salus.Kernel.Jobs;

public enum JobState { Waiting, Running, Done, Failed }

/// <summary>Work to do after the commit, stored in the same transaction: mail, webhooks, slow things. Done at least once.</summary>
public sealed class Job
{
    public Guid Id { get; set; } = Guid.CreateVersion7();
    public Guid? OrganisationId { get; set; }
    public string Kind { get; set; } = "";

    /// <summary>The command as JSON. Secrets in it (an invitation link) are wiped when the job is done.</summary>
    public string Body { get; set; } = "";
    public JobState State { get; set; }
    public int Attempts { get; set; }
    public DateTime CreatedAt { get; set; }

    /// <summary>When to run it next; while it runs, when its claim expires.</summary>
    public DateTime DueAt { get; set; }
    public DateTime? DoneAt { get; set; }

    /// <summary>The kind of the last error, without its text: texts may carry addresses.</summary>
    public string LastError { get; set; } = "";
}

/// <summary>Runs jobs of one kind. Must be idempotent: a crash after the work and before the mark runs it again.</summary>
public interface IJobHandler
{
    string Kind { get; }
    Task Run(Job job, CancellationToken ct);
}

public static class JobExtensions
{
    /// <summary>Stores a job in the context's transaction.</summary>
    public static void Enqueue(this SalusDb db, string kind, object command, DateTime now) => db.Add(new Job
    {
        OrganisationId = db.OrganisationId == Guid.Empty ? null : db.OrganisationId,
        Kind = kind,
        Body = JsonSerializer.Serialize(command),
        CreatedAt = now,
        DueAt = now,
    });
}

internal sealed class JobTable : IEntityTypeConfiguration<Job>
{
    public void Configure(EntityTypeBuilder<Job> table)
    {
        table.ToTable("kernel_jobs");
        table.Property(j => j.Kind).HasMaxLength(60);
        table.Property(j => j.LastError).HasMaxLength(200);
        table.HasIndex(j => new { j.State, j.DueAt });
    }
}
