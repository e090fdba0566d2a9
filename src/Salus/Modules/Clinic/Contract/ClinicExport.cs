using Microsoft.EntityFrameworkCore;
using Salus.Kernel.Data;
using Salus.Modules.Clinic.Patients;
using Salus.Modules.Clinic.Queue;

namespace Salus.Modules.Clinic.Contract;

public sealed record ExportedPatient(string Number, string Name, string Gender, string Phone, DateTime CreatedAt, DateTime UpdatedAt);
public sealed record ExportedVisit(Guid Id, int Number, DateOnly Day, string State, string PatientNumber, string PatientName, string Queue, DateTime CreatedAt, DateTime UpdatedAt);
public sealed record ExportedQueue(Guid Id, string Name, DateTime CreatedAt);

/// <summary>A clinic's rows for an export.</summary>
public sealed record ClinicData(IReadOnlyList<ExportedPatient> Patients, IReadOnlyList<ExportedVisit> Visits, IReadOnlyList<ExportedQueue> Queues);

/// <summary>Gives a clinic's rows of the last days to the export.</summary>
public sealed class ClinicExport
{
    /// <summary>The acts of exporting patients as a table, and of exporting many.</summary>
    public const string PatientsAction = "patient.export", LargePatientsAction = "patient.export-large";

    /// <summary>Patients registered and visits begun since <paramref name="from"/>, and all queues, of the context's organisation.</summary>
    public async Task<ClinicData> Read(SalusDb db, DateTime from, CancellationToken ct)
    {
        var (patients, queues, moves) = (db.Patients.AsNoTracking(), db.Queues.AsNoTracking(), db.TicketMoves.AsNoTracking());
        return new(
            [.. (await patients.Where(p => p.CreatedAt >= from).OrderBy(p => p.Id).ToListAsync(ct)).Select(p => new ExportedPatient(p.Number, p.Name, p.Gender.ToString().ToLowerInvariant(), p.Phone, p.CreatedAt, p.UpdatedAt))],
            await db.Tickets.AsNoTracking().Where(t => t.IssuedAt >= from).OrderBy(t => t.Id)
                .Select(t => new ExportedVisit(t.Id, t.Number, t.Day, t.State.ToString(), patients.Where(p => p.Id == t.PatientId).Select(p => p.Number).First(),
                    patients.Where(p => p.Id == t.PatientId).Select(p => p.Name).First(), queues.Where(q => q.Id == t.QueueId).Select(q => q.Name).First(),
                    t.IssuedAt, moves.Where(m => m.TicketId == t.Id).Max(m => (DateTime?)m.At) ?? t.IssuedAt)).ToListAsync(ct),
            await queues.OrderBy(q => q.Name).Select(q => new ExportedQueue(q.Id, q.Name, q.CreatedAt)).ToListAsync(ct));
    }
}
