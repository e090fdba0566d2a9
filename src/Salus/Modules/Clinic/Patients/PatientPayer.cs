using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Kernel.Data;
using Salus.Modules.Payments.Contract;

namespace Salus.Modules.Clinic.Patients;

/// <summary>Patients, as those who pay.</summary>
public sealed class PatientPayer(TimeProvider clock) : IPayerSource
{
    private const int Most = 10;

    public PayerKind Kind => PayerKind.Patient;

    public async Task<Payer?> Find(SalusDb db, Actor actor, Guid id, CancellationToken ct) =>
        await Open(db, actor).Where(p => p.Id == id).Select(p => new Payer(PayerKind.Patient, p.Id, p.Name, p.Number, p.Email)).FirstOrDefaultAsync(ct);

    public IQueryable<Guid>? Hidden(SalusDb db, Actor actor)
    {
        if (actor.Kind == ActorKind.System || actor.May(ClinicPermissions.ReadRestricted)) return null;
        var visible = db.PatientsVisibleTo(actor, clock.Now());
        return db.Patients.Where(p => p.RestrictedAt != null && !visible.Any(v => v.Id == p.Id)).Select(p => p.Id);
    }

    public async Task<IReadOnlyList<Payer>> Search(SalusDb db, Actor actor, string q, CancellationToken ct)
    {
        if (!actor.May(ClinicPermissions.ReadPatients)) return [];
        var found = Open(db, actor).Where(p => p.ArchivedAt == null);
        foreach (var word in PatientSearch.Words(q)) found = found.Where(p => p.SearchText.Contains(word));
        return await found.OrderBy(p => p.SearchName).ThenBy(p => p.Id).Take(Most).Select(p => new Payer(PayerKind.Patient, p.Id, p.Name, p.Number, p.Email)).ToListAsync(ct);
    }

    // The program itself finds everybody: a payment that comes from a provider belongs to its payer whoever may see them.
    private IQueryable<Patient> Open(SalusDb db, Actor actor) => actor.Kind == ActorKind.System ? db.Patients.AsNoTracking() : db.PatientsVisibleTo(actor, clock.Now()).AsNoTracking();
}
