using System.ComponentModel.DataAnnotations;
using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Modules.Clinic.Encounters;
using Salus.Modules.Clinic.Patients;

namespace Salus.Modules.Clinic.Wards;

/// <summary>A patient stays: an open visit is given a free bed.</summary>
public sealed class AdmitPatient(Tools tools, CareGuard guard) : AdmissionUseCase<AdmitPatient.Command>(tools, guard)
{
    public const string Action = "admission.admit";

    public sealed record Command
    {
        public Guid EncounterId { get; init; }

        [Required(ErrorMessage = "Choose one of the list.")]
        public Guid? BedId { get; init; }

        [EnumDataType(typeof(AdmissionKind), ErrorMessage = "Choose one of the list.")]
        public AdmissionKind Kind { get; init; }

        [Required(ErrorMessage = "Please give a reason."), StringLength(500, ErrorMessage = "This is too long.")]
        public string Reason { get; init; } = "";

        /// <summary>ICD-10 code such as J06.9; may be empty.</summary>
        [RegularExpression(@"[A-Za-z]\d[0-9A-Za-z](\.[0-9A-Za-z]{1,4})?", ErrorMessage = "A code is a letter and two digits, with more behind a point, such as J06.9.")]
        public string? DiagnosisCode { get; init; }

        /// <summary>The diagnosis on admission, in words.</summary>
        [StringLength(300, ErrorMessage = "This is too long.")]
        public string? Diagnosis { get; init; }

        [Range(1, 365, ErrorMessage = "Between 1 and 365.")]
        public int? ExpectedDays { get; init; }
    }

    protected override string Name => Action;
    protected override bool IsRepeatable => true;
    protected override bool HoldsPatient => true;
    protected override CareAct Act(Command command) => CareAct.Admit;

    protected override async Task<AdmissionOutcome> Handle(Command command, CancellationToken ct)
    {
        var encounter = await Hold(command.EncounterId, command, ct);
        var (reason, code, diagnosis) = (Text.Clean(command.Reason), (command.DiagnosisCode ?? "").ToUpperInvariant(), Text.Clean(command.Diagnosis));
        if (await Db.Patients.AnyAsync(p => p.Id == encounter.PatientId && p.ArchivedAt != null, ct))
            throw new Refusal(409, "patient.archived", "This patient was archived.") { Unlock = "Open a visit for the record that is in use." };
        if (reason.Length == 0) throw Refusal.Field("reason", "Please give a reason.");
        if (code.Length > 0 && diagnosis.Length == 0) throw Refusal.Field("diagnosis", "Please fill this in.");
        var id = command.BedId!.Value;
        var admission = new Admission
        {
            EncounterId = encounter.Id, PatientId = encounter.PatientId, Kind = command.Kind, Reason = reason, DiagnosisCode = code, Diagnosis = diagnosis, ExpectedDays = command.ExpectedDays, AdmittedBy = Author, AdmittedAt = Now,
        };
        Db.Add(admission);
        await Occupy(admission, (await Bed.Hold(Db, [id], Now, ct)).GetValueOrDefault(id), "", ct);
        return Told(admission, id, admission.Kind.ToString());
    }

    protected override Refusal Taken() => CareGuard.Elsewhere.ToRefusal();
}
