using System.Globalization;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Salus.Kernel.Audit;

/// <summary>
/// One act or one read, never changed afterwards: who, in which role, what, on which subject, from where, with which
/// result. It carries identifiers and names of fields, never health data, names of people or secrets.
/// </summary>
public sealed class AuditEvent
{
    public long Seq { get; set; }
    public Guid Id { get; set; } = Guid.CreateVersion7();
    public DateTime At { get; set; }
    public Guid? OrganisationId { get; set; }
    public ActorKind ActorKind { get; set; }
    public Guid? ActorId { get; set; }
    public string Role { get; set; } = "";

    /// <summary>Who acted in truth when <see cref="Role"/> is one that was only acted in ("act as"), and with which roles; null otherwise.</summary>
    public Guid? ActualActorId { get; set; }
    public string ActualRole { get; set; } = "";
    public string Action { get; set; } = "";
    public string SubjectKind { get; set; } = "";
    public Guid? SubjectId { get; set; }

    /// <summary>The ids when one act shows several subjects, as a list does (FHIR AuditEvent.entity): hexadecimal with single spaces between; empty otherwise.</summary>
    public string Subjects { get; set; } = "";
    public Guid? VisitId { get; set; }
    public string Ip { get; set; } = "";
    public string UserAgent { get; set; } = "";

    /// <summary><c>ok</c>, or the code of the refusal.</summary>
    public string Result { get; set; } = "ok";
    public string RequestId { get; set; } = "";

    /// <summary>States and names of changed fields, such as <c>Waiting>Called</c> or <c>phone,name</c>. Never their contents.</summary>
    public string Detail { get; set; } = "";

    public static AuditEvent By(Actor actor, DateTime at, string action) => new()
    {
        At = at,
        OrganisationId = actor.OrganisationId,
        ActorKind = actor.Kind,
        ActorId = actor.Id,
        Role = string.Join(' ', actor.Roles),
        ActualActorId = actor.IsActing ? actor.Id : null,
        ActualRole = actor.IsActing ? string.Join(' ', actor.Acting!.ActualRoles) : "",
        Action = action,
        Ip = actor.Ip ?? "",
        UserAgent = actor.UserAgent is { Length: > 200 } agent ? agent[..200] : actor.UserAgent ?? "",
        RequestId = actor.RequestId,
    };

    /// <summary>Names what the act was on: one subject by itself, several as a list.</summary>
    public void On(string kind, IReadOnlyCollection<Guid> ids)
    {
        SubjectKind = kind;
        if (ids.Count == 1) SubjectId = ids.First();
        if (ids.Count > 1) Subjects = string.Join(' ', ids.Select(id => id.ToString("N")));
    }

    /// <summary>The ids of <see cref="Subjects"/>.</summary>
    public IEnumerable<Guid> SubjectList() => Subjects.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Guid.Parse);

    /// <summary>The bytes that are sealed: every field in a fixed order, each with its length before it, so that no two rows share them.</summary>
    public byte[] Canonical()
    {
        var text = new StringBuilder();
        foreach (var field in Fields()) text.Append(field.Length).Append(':').Append(field).Append(';');
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private string[] Fields() =>
    [
        Seq.ToString(CultureInfo.InvariantCulture), Id.ToString("D"), At.ToString("yyyy-MM-ddTHH:mm:ss.ffffffZ", CultureInfo.InvariantCulture),
        OrganisationId?.ToString("D") ?? "", ActorKind.ToString(), ActorId?.ToString("D") ?? "", Role, Action, SubjectKind,
        SubjectId?.ToString("D") ?? "", VisitId?.ToString("D") ?? "", Ip, UserAgent, Result, RequestId, Detail,
        // Fields that came later are there only when they are filled: what was sealed before them still reads the same.
        .. ActualActorId is { } actual ? [Subjects, actual.ToString("D"), ActualRole] : Subjects.Length == 0 ? (string[])[] : [Subjects],
    ];
}

/// <summary>Where to find the audit rows of a subject that was one of several. Made from <see cref="AuditEvent.Subjects"/>, which is what the seals cover.</summary>
public sealed class AuditSubject
{
    public Guid SubjectId { get; set; }
    public long Seq { get; set; }
}

/// <summary>A signed statement over a batch of audit rows and over the seal before it.</summary>
public sealed class AuditSeal
{
    public long No { get; set; }
    public DateTime At { get; set; }

    /// <summary>Rows with an order value from the last seal's bound up to, not including, this one are in the batch.</summary>
    public long Bound { get; set; }
    public int Count { get; set; }

    /// <summary>Merkle root (RFC 6962 hashing) of the rows in order of <see cref="AuditEvent.Seq"/>, as lower-case hexadecimal.</summary>
    public string Root { get; set; } = "";

    /// <summary>SHA-256 of the seal before, hexadecimal; 64 zeros for the first.</summary>
    public string Previous { get; set; } = "";
    public string KeyId { get; set; } = "";

    /// <summary>ECDSA P-256 over <see cref="Canonical"/>, IEEE P1363, base64.</summary>
    public string Signature { get; set; } = "";

    public byte[] Canonical() => Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture,
        $"salus-audit-seal-1\n{No}\n{At:yyyy-MM-ddTHH:mm:ss.ffffffZ}\n{Bound}\n{Count}\n{Root}\n{Previous}\n{KeyId}"));
}

internal sealed class AuditEventTable : IEntityTypeConfiguration<AuditEvent>
{
    public void Configure(EntityTypeBuilder<AuditEvent> table)
    {
        table.ToTable("kernel_audit_events");
        table.HasKey(e => e.Seq);
        table.Property(e => e.Seq).ValueGeneratedOnAdd();
        table.Property(e => e.Role).HasMaxLength(200);
        table.Property(e => e.ActualRole).HasMaxLength(200);
        table.Property(e => e.Action).HasMaxLength(60);
        table.Property(e => e.SubjectKind).HasMaxLength(30);
        table.Property(e => e.Ip).HasMaxLength(45);
        table.Property(e => e.UserAgent).HasMaxLength(200);
        table.Property(e => e.Result).HasMaxLength(60);
        table.Property(e => e.RequestId).HasMaxLength(60);
        table.Property(e => e.Detail).HasMaxLength(400);
        table.HasIndex(e => new { e.OrganisationId, e.Seq });
        table.HasIndex(e => new { e.SubjectId, e.Seq });
        // Mostly the visit is the subject, and then the index above finds it.
        table.HasIndex(e => new { e.VisitId, e.Seq }).HasFilter("\"VisitId\" IS NOT NULL AND (\"VisitId\" <> \"SubjectId\" OR \"SubjectId\" IS NULL)");
    }
}

internal sealed class AuditSubjectTable : IEntityTypeConfiguration<AuditSubject>
{
    public void Configure(EntityTypeBuilder<AuditSubject> table)
    {
        table.ToTable("kernel_audit_subjects");
        table.HasKey(s => new { s.SubjectId, s.Seq });
    }
}

internal sealed class AuditSealTable : IEntityTypeConfiguration<AuditSeal>
{
    public void Configure(EntityTypeBuilder<AuditSeal> table)
    {
        table.ToTable("kernel_audit_seals");
        table.HasKey(s => s.No);
        table.Property(s => s.No).ValueGeneratedNever();
        table.Property(s => s.Root).HasMaxLength(64);
        table.Property(s => s.Previous).HasMaxLength(64);
        table.Property(s => s.KeyId).HasMaxLength(64);
        table.Property(s => s.Signature).HasMaxLength(120);
    }
}
