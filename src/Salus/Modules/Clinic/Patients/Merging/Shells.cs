using Microsoft.EntityFrameworkCore;
using Salus.Kernel.Data;

namespace Salus.Modules.Clinic.Patients.Merging;

/// <summary>What is left of patients that were merged into another: no rows, but still a name. It is as restricted as the record that goes on, or it would tell whose that is.</summary>
public static class Shells
{
    /// <summary>Those merged into a patient, and into these before.</summary>
    public static async Task<List<Patient>> Of(SalusDb db, Guid patientId, CancellationToken ct)
    {
        var found = new List<Patient>();
        for (Guid[] into = [patientId]; into.Length > 0;)
        {
            var next = await db.Patients.Where(p => p.MergedIntoId != null && into.Contains(p.MergedIntoId.Value)).ToListAsync(ct);
            found.AddRange(next);
            into = [.. next.Select(p => p.Id)];
        }
        return found;
    }

    /// <summary>Restricts those that are open, as the record that goes on is.</summary>
    public static void Close(IEnumerable<Patient> shells, Patient patient)
    {
        foreach (var shell in shells.Where(s => s.RestrictedAt is null)) (shell.RestrictedAt, shell.RestrictReason) = (patient.RestrictedAt, patient.RestrictReason);
    }

    /// <summary>Opens those that were restricted together with a record.</summary>
    public static void Open(IEnumerable<Patient> shells, DateTime? restrictedAt)
    {
        foreach (var shell in shells.Where(s => s.RestrictedAt == restrictedAt)) (shell.RestrictedAt, shell.RestrictReason) = (null, "");
    }
}
