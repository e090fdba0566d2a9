using Salus.Kernel.Audit;
using Salus.Modules.Clinic.Contract;

namespace Salus.Modules.Operations.Security;

/// <summary>When rows of the audit log become an alert: so many of them within so long.</summary>
public sealed record AlertRule(string Kind, int Least, TimeSpan Window, Func<AuditEvent, bool> Fits);

public static class AlertRules
{
    public const string Lockout = "lockout", Reuse = "refresh-reuse", BreakGlass = "break-glass", Admins = "administrators", SignIns = "failed-sign-ins", MassRead = "mass-read", Export = "large-export", Errors = "errors";

    /// <summary>How far back the watch looks.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromHours(1);

    private const string Admin = Organisations.Contract.Role.Admin;

    /// <summary>All but mass reads, which are counted by patients and not by rows.</summary>
    public static IReadOnlyList<AlertRule> All { get; } =
    [
        new(Lockout, 1, Longest, e => e.Result == "sign-in.locked" || e is { Action: "account.lock", Result: "ok" }),
        new(Reuse, 1, Longest, e => e.Result == "refresh.reused"),
        new(BreakGlass, 1, Longest, e => e is { Action: "access.break-glass", Result: "ok" }),
        new(Admins, 1, Longest, e => e.Result == "ok" && ChangesAdministrators(e)),
        new(Export, 1, Longest, e => e.Action is AuditExport.Large or ClinicExport.LargePatientsAction),
        new(Errors, 1, Longest, e => e.Result == "bug"),
        new(SignIns, 20, TimeSpan.FromMinutes(10), e => e.Result is "sign-in.failed" or "sign-in.locked" or "second-factor.failed" or "passkey.failed" or "password.wrong"),
    ];

    // Whoever holds one of these can give themselves or a program the others.
    public static IReadOnlyList<string> Powers { get; } = ["organisation.manage-roles", "organisation.manage-staff", "organisation.manage-keys", "organisation.grant-standard-roles"];

    // The detail of a member's change reads "roles state > roles state", that of a role "key: permission permission" or "key: +permission -permission".
    private static bool ChangesAdministrators(AuditEvent row) => row.Action switch
    {
        "account.create-owner" => true,
        "staff.accept-invitation" => row.Detail.Contains(Admin, StringComparison.Ordinal),
        "staff.change" => row.Detail.Split(" > ") is [var before, var after] && before != after && row.Detail.Contains(Admin, StringComparison.Ordinal),
        "role.add" or "role.change" => row.Detail.Split(' ').Any(word => Powers.Contains(word.TrimStart('+'))),
        _ => false,
    };
}
