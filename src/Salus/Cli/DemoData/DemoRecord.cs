using Salus.Kernel.Data;
using Salus.Modules.Clinic.Encounters;
using Salus.Modules.Clinic.Patients;
using Salus.Modules.Clinic.Queue;

namespace Salus.Cli.DemoData;

/// <summary>Writes a believable record behind the tickets: visits with vital signs, consultations and diagnoses, problems and allergies.</summary>
internal sealed class DemoRecord(Random random, SalusDb db, Guid nurse, DateOnly today, IReadOnlyDictionary<Guid, DateOnly?> births)
{
    private sealed record Case(string Complaint, string History, string Examination, string Code, string Diagnosis, string Plan);

    private static readonly Case[] Cases =
    [
        new("Tosse da una settimana", "Tosse secca da sette giorni, peggiore la notte. Non fuma.", "Torace libero, faringe arrossata.", "J06.9", "Infezione acuta delle vie aeree superiori", "Riposo, liquidi. Ritorna se la febbre dura più di tre giorni."),
        new("Mal di schiena", "Dolore lombare dopo aver sollevato un mobile. Non si irradia.", "Contrattura paravertebrale, Lasègue negativo.", "M54.5", "Lombalgia", "Movimento leggero, calore. Paracetamolo al bisogno."),
        new("Controllo della pressione", "Pressione misurata a casa intorno a 150/95 da due settimane.", "Toni validi, nessun edema.", "I10", "Ipertensione essenziale", "Diario della pressione, meno sale, controllo fra due settimane."),
        new("Bruciore a urinare", "Da due giorni bruciore e frequenza, senza febbre.", "Addome trattabile, Giordano negativo.", "N39.0", "Infezione delle vie urinarie", "Esame delle urine, bere molto."),
        new("Mal di testa", "Cefalea pulsante a sinistra con fastidio alla luce, tre episodi in un mese.", "Esame neurologico nella norma.", "G43.9", "Emicrania", "Diario della cefalea, evitare il digiuno."),
        new("Febbre e mal di gola", "Febbre a 38,5 da ieri, deglutizione dolorosa.", "Tonsille arrossate con essudato.", "J03.9", "Tonsillite acuta", "Tampone, antipiretico."),
        new("Controllo del diabete", "Glicemie a digiuno fra 130 e 150. Cammina mezz’ora al giorno.", "Piedi: sensibilità conservata.", "E11.9", "Diabete mellito tipo 2", "Emoglobina glicata, controllo degli occhi entro l’anno."),
        new("Eruzione sulle braccia", "Prurito e macchie dopo un nuovo detersivo.", "Eritema a chiazze agli avambracci.", "L24.0", "Dermatite irritativa da contatto", "Evitare il prodotto, crema emolliente."),
    ];

    private static readonly (string Code, string Text)[] Problems = [("I10", "Ipertensione essenziale"), ("E11.9", "Diabete mellito tipo 2"), ("J45.9", "Asma"), ("M17.9", "Gonartrosi"), ("E78.0", "Ipercolesterolemia")];

    private static readonly (string Substance, AllergySeverity Severity, string Reaction)[] Allergies = [("Penicillina", AllergySeverity.Severe, "Orticaria e gonfiore"), ("Acido acetilsalicilico", AllergySeverity.Moderate, "Asma"), ("Arachidi", AllergySeverity.Mild, "Prurito"), ("Lattice", AllergySeverity.Moderate, "Eritema")];

    private readonly HashSet<Guid> asked = [];
    private readonly HashSet<(Guid, DateOnly)> seen = [];

    /// <summary>The visit of a ticket, as far as the ticket has come.</summary>
    public void Write(Ticket ticket)
    {
        // Who went home unseen on an earlier day left no open visit behind.
        if ((ticket.Day < today && ticket.State != TicketState.Done) || !seen.Add((ticket.PatientId, ticket.Day))) return;
        var told = Cases[random.Next(Cases.Length)];
        var isDone = ticket.State == TicketState.Done;
        var visit = new Encounter
        {
            Id = Guid.CreateVersion7(ticket.IssuedAt), PatientId = ticket.PatientId, Day = ticket.Day, Complaint = told.Complaint, DoctorId = ticket.ServedBy, StartedAt = ticket.IssuedAt, ChangedAt = ticket.EndedAt ?? ticket.IssuedAt,
            Type = ticket.Urgency == Urgency.Stat ? EncounterType.Emergency : random.Next(4) == 0 ? EncounterType.FollowUp : EncounterType.Consultation, State = isDone ? EncounterState.Closed : EncounterState.Open,
            ClosedAt = isDone ? ticket.EndedAt : null, ClosedBy = isDone ? ticket.ServedBy : null,
        };
        db.Add(visit);
        ticket.EncounterId = visit.Id;
        if (isDone || ticket.State == TicketState.InRoom || random.Next(3) == 0) Measure(visit, ticket.IssuedAt.AddMinutes(3));
        if (ticket.ServedBy is not { } doctor || ticket.State is not (TicketState.Done or TicketState.InRoom)) return;
        Background(visit, doctor);
        if (!isDone) return;
        var at = ticket.InRoomAt!.Value;
        db.Add(new Consultation
        {
            EncounterId = visit.Id, PatientId = visit.PatientId, State = ConsultationState.Closed, DoctorId = doctor, History = told.History, Examination = told.Examination, Assessment = told.Diagnosis, Plan = told.Plan,
            StartedAt = at, SavedAt = ticket.EndedAt!.Value,
        });
        db.Add(new Condition { EncounterId = visit.Id, PatientId = visit.PatientId, Code = told.Code, Text = told.Diagnosis, IsPrimary = true, RecordedBy = doctor, RecordedAt = at });
    }

    private void Measure(Encounter visit, DateTime at)
    {
        var age = Patient.AgeAt(births[visit.PatientId], visit.Day) ?? 40;
        var vitals = new VitalSigns { EncounterId = visit.Id, PatientId = visit.PatientId, MeasuredAt = at, RecordedBy = nurse, Temperature = 36.2m + (random.Next(12) * 0.1m), Oxygen = 95 + random.Next(5) };
        (vitals.Pulse, vitals.Respiration) = (age < 12 ? 80 + random.Next(30) : 62 + random.Next(35), age < 12 ? 20 + random.Next(5) : 13 + random.Next(6));
        if (age >= 16) (vitals.Systolic, vitals.Diastolic, vitals.Weight, vitals.Height) = (112 + random.Next(35), 68 + random.Next(25), 52 + random.Next(40), 155 + random.Next(33));
        if (random.Next(12) == 0) (vitals.Temperature, vitals.Pulse) = (38.4m + (random.Next(8) * 0.1m), vitals.Pulse + 20);
        db.Add(vitals);
        foreach (var kind in VitalKind.All)
            if (kind.Value(vitals) is { } value && kind.Judge(value, age) is { } severity && visit.State == EncounterState.Open)
                db.Add(new Alert { EncounterId = visit.Id, PatientId = visit.PatientId, Kind = AlertKind.VitalSigns, Severity = severity, Title = kind.Label, Detail = kind.Say(value, age), SourceId = vitals.Id, RaisedAt = at });
    }

    /// <summary>What stays with the patient, written down when the patient was seen first.</summary>
    private void Background(Encounter visit, Guid doctor)
    {
        if (!asked.Add(visit.PatientId)) return;
        if (random.Next(4) == 0)
        {
            var (substance, severity, reaction) = Allergies[random.Next(Allergies.Length)];
            var allergy = new Allergy { EncounterId = visit.Id, PatientId = visit.PatientId, Severity = severity, Reaction = reaction, Category = substance == "Arachidi" ? AllergyCategory.Food : AllergyCategory.Medication, RecordedBy = doctor, RecordedAt = visit.StartedAt };
            allergy.Name(substance);
            db.Add(allergy);
        }
        else if (random.Next(3) > 0) db.Add(new Allergy { EncounterId = visit.Id, PatientId = visit.PatientId, IsNoneKnown = true, RecordedBy = doctor, RecordedAt = visit.StartedAt });
        if (Patient.AgeAt(births[visit.PatientId], visit.Day) < 45 || random.Next(2) == 0) return;
        var (code, text) = Problems[random.Next(Problems.Length)];
        db.Add(new Condition { EncounterId = visit.Id, PatientId = visit.PatientId, Kind = ConditionKind.Problem, Code = code, Text = text, Since = visit.Day.AddDays(-random.Next(100, 3000)), RecordedBy = doctor, RecordedAt = visit.StartedAt });
    }
}
