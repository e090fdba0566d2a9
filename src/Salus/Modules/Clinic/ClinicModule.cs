using Salus.Kernel;
using Salus.Kernel.Live;
using Salus.Modules.Clinic.Billing;
using Salus.Modules.Clinic.Contract;
using Salus.Modules.Clinic.Documents;
using Salus.Modules.Clinic.Encounters;
using Salus.Modules.Clinic.Fhir;
using Salus.Modules.Clinic.Orders;
using Salus.Modules.Clinic.Patients;
using Salus.Modules.Clinic.Pharmacy;
using Salus.Modules.Clinic.Printing;
using Salus.Modules.Clinic.Queue;
using Salus.Modules.Clinic.Queue.Waiting;
using Salus.Modules.Clinic.Wards;
using Salus.Modules.Organisations.Contract;

namespace Salus.Modules.Clinic;

/// <summary>Patients, the out-patient queue and the medical record.</summary>
public sealed class ClinicModule : Module
{
    public override string Title => "Patients, queue and record";

    public override IEnumerable<Permission> Permissions =>
    [
        new(ClinicPermissions.ReadPatients, "Find and read patients", Role.Admin, Role.Receptionist, Role.Doctor, Role.Nurse, Role.Lab, Role.Radiology, Role.Pharmacist, Role.Ivf, Role.Embryologist),
        new(ClinicPermissions.WritePatients, "Register and change patients", Role.Admin, Role.Receptionist, Role.Doctor),
        new(ClinicPermissions.ArchivePatients, "Archive patients", Role.Admin, Role.Doctor),
        new(ClinicPermissions.RestrictPatients, "Restrict a patient's record, and open it again", Role.Admin),
        new(ClinicPermissions.ReadRestricted, "Read restricted records", Role.Admin),
        new(ClinicPermissions.BreakGlass, "Open a restricted record in an emergency", Role.Doctor, Role.Nurse) { IsForPeople = true },
        new(ClinicPermissions.ReviewEmergencies, "See who opened restricted records", Role.Admin),
        new(ClinicPermissions.ReadBoard, "See the waiting-room board", [.. Role.OfClinic]),
        new(ClinicPermissions.ReadQueue, "See who waits", Role.Admin, Role.Receptionist, Role.Doctor, Role.Nurse, Role.Lab, Role.Radiology, Role.Ivf),
        new(ClinicPermissions.IssueTokens, "Issue tokens", Role.Receptionist),
        new(ClinicPermissions.ServeQueue, "Call and serve patients", Role.Doctor),
        new(ClinicPermissions.SetUrgency, "Give an urgent class", Role.Doctor, Role.Nurse),
        new(ClinicPermissions.ManageQueues, "Define queues, rooms and opening days", Role.Admin),
        new(ClinicPermissions.PostNotices, "Post notices to all who wait", Role.Admin, Role.Receptionist),
        new(ClinicPermissions.ReadFigures, "See the figures of the day", Role.Admin, Role.Owner, Role.Doctor),
        .. PatientModule.Permissions,
        .. RecordPermissions.All,
        .. BillingModule.Permissions,
    ];

    public override IEnumerable<AuditAction> AuditActions =>
    [
        new(RegisterPatient.Action, "registered a patient"),
        new(ChangePatient.Action, "changed a patient"),
        new(ArchivePatient.Action, "archived a patient"),
        new(RestrictPatient.Action, "restricted a patient's record"),
        new(LiftRestriction.Action, "opened a restricted record to all again"),
        new(BreakGlass.Action, "opened a restricted record in an emergency"),
        new(EmergencyList.Action, "read who opened restricted records"),
        new(PatientSearch.Action, "found a patient in a search"),
        new(LikelyDuplicates.Action, "was shown a likely duplicate"),
        new(PatientRecord.Action, "read a patient"),
        new(IssueToken.Action, "issued a token"),
        new(CallNext.Action, "called the next patient"),
        new(CallTicket.Action, "called a certain patient"),
        new(MoveTicket.Action, "moved a ticket"),
        new(TransferTicket.Action, "transferred a ticket"),
        new(SetUrgency.Action, "set an urgent class"),
        new(WorkList.Action, "opened a work list"),
        new(TicketList.Action, "read a patient's ticket in a list"),
        new(TicketView.Action, "read a patient's ticket"),
        new(SaveQueue.Action, "defined a queue"),
        new(SetClosure.Action, "changed the opening days"),
        new(SaveServicePoint.Action, "defined a room or desk"),
        new(PostNotice.Action, "posted a notice"),
        new(EndNotice.Action, "took back a notice"),
        new(Board.Action, "read the board"),
        new(Figures.Action, "read the figures"),
        new(QueueSetup.Action, "read the set-up of the queues"),
        .. PatientModule.AuditActions,
        .. EncounterModule.AuditActions,
        .. DocumentsModule.AuditActions,
        .. OrdersModule.AuditActions,
        .. PharmacyModule.AuditActions,
        .. PrintModule.AuditActions,
        .. BillingModule.AuditActions,
        .. FhirModule.AuditActions,
        .. WardsModule.AuditActions,
    ];

    public override IEnumerable<MenuItem> Menu =>
    [
        new("desk", "Desk", "user-plus", ClinicPermissions.IssueTokens, 10),
        new("queue", "Queue", "list-check", ClinicPermissions.ReadQueue, 20),
        new("board", "Board", "device-tv", ClinicPermissions.ReadBoard, 30),
        new("patients", "Patients", "users", ClinicPermissions.ReadPatients, 40),
        new("notices", "Notices", "speakerphone", ClinicPermissions.PostNotices, 45),
        new("figures", "Figures", "chart-bar", ClinicPermissions.ReadFigures, 50),
        new("manage/emergencies", "Emergency access", "alert-triangle", ClinicPermissions.ReviewEmergencies, 85),
        .. PatientModule.Menu,
        .. EncounterModule.Menu,
        .. OrdersModule.Menu,
        .. PharmacyModule.Menu,
        .. BillingModule.Menu,
        .. WardsModule.Menu,
        new("manage/queues", "Queues and rooms", "adjustments", ClinicPermissions.ManageQueues, 60),
    ];

    public override void AddServices(IServiceCollection services)
    {
        services.AddSingleton<SearchLimit>().AddSingleton<Fhir.BundleRoom>().AddSingleton<ClinicExport>().AddSingleton<WaitForecasts>().AddSingleton<RecentBoards>().AddSingleton<TellWait.Recent>().AddScoped<TellWait>().AddScoped<PhoneTicket>().AddScoped<StaffNames>();
        PatientModule.AddServices(services);
        EncounterModule.AddServices(services);
        DocumentsModule.AddServices(services);
        OrdersModule.AddServices(services);
        PharmacyModule.AddServices(services);
        PrintModule.AddServices(services);
        BillingModule.AddServices(services);
        WardsModule.AddServices(services);
        services.AddSingleton<ITopicGuard, BoardTopic>().AddSingleton<ITopicGuard, QueueTopic>().AddSingleton<ITopicGuard, TicketTopic>();
    }

    public override void MapRoutes(IEndpointRouteBuilder routes)
    {
        PatientApi.Map(routes);
        QueueApi.Map(routes);
        PatientPages.Map(routes);
        EmergencyDoors.Map(routes);
        PatientModule.MapRoutes(routes);
        QueuePages.Map(routes);
        EncounterModule.MapRoutes(routes);
        DocumentsModule.Map(routes);
        OrdersModule.MapRoutes(routes);
        PharmacyModule.MapRoutes(routes);
        PrintModule.MapRoutes(routes);
        BillingModule.MapRoutes(routes);
        FhirApi.Map(routes);
        WardsModule.MapRoutes(routes);
    }
}
