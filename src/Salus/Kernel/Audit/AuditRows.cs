namespace Salus.Kernel.Audit;

/// <summary>Audit rows as plain values, for appending many at once without a change tracker.</summary>
public static class AuditRows
{
    public static readonly IReadOnlyList<string> Columns =
    [
        "Id", "At", "OrganisationId", "ActorKind", "ActorId", "Role", "Action", "SubjectKind", "SubjectId", "VisitId", "Ip", "UserAgent", "Result", "RequestId", "Detail", "Subjects", "ActualActorId", "ActualRole",
    ];

    /// <summary>The columns' names, quoted, with commas between.</summary>
    public static readonly string Names = string.Join(", ", Columns.Select(c => $"\"{c}\""));

    public static object?[] Values(AuditEvent row) =>
    [
        row.Id, row.At, row.OrganisationId, row.ActorKind.ToString(), row.ActorId, row.Role, row.Action, row.SubjectKind, row.SubjectId, row.VisitId, row.Ip, row.UserAgent, row.Result, row.RequestId, row.Detail, row.Subjects, row.ActualActorId, row.ActualRole,
    ];
}
