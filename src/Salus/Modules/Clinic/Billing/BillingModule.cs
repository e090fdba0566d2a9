using Salus.Kernel;
using Salus.Kernel.Live;
using Salus.Modules.Clinic.Billing.Claims;
using Salus.Modules.Clinic.Encounters;
using Salus.Modules.Organisations.Contract;
using Salus.Modules.Payments.Contract;

namespace Salus.Modules.Clinic.Billing;

/// <summary>What the clinic's module declares for prices, bills, insurance and the ways past payment.</summary>
internal static class BillingModule
{
    public static IEnumerable<Permission> Permissions =>
    [
        new(ClinicPermissions.ReadBills, "See the bill of a visit", Role.Admin, Role.Receptionist, Role.Doctor, Role.Nurse),
        new(ClinicPermissions.EditBills, "Put services on a bill and take them off", Role.Admin, Role.Receptionist),
        new(ClinicPermissions.ReadPrices, "See the price list", Role.Admin, Role.Receptionist, Role.Doctor, Role.Nurse),
        new(ClinicPermissions.ManagePrices, "Set prices", Role.Admin),
        new(ClinicPermissions.Insure, "Write down insurances, standing agreements and what insurers answer", Role.Admin, Role.Receptionist) { IsForPeople = true },
        new(ClinicPermissions.PromisePayment, "Let care go on against a promise to pay", Role.Admin, Role.Receptionist) { IsForPeople = true },
        new(ClinicPermissions.DeclareEmergency, "Let care go on unpaid in an emergency", Role.Doctor) { IsForPeople = true },
        new(ClinicPermissions.WaiveBills, "Let patients off what they owe", Role.Admin) { IsForPeople = true },
        new(ClinicPermissions.ReadLeaks, "See work that was done and not paid", Role.Admin) { IsForPeople = true },
    ];

    public static IEnumerable<AuditAction> AuditActions =>
    [
        new(SaveService.Action, "changed the price list"),
        new(ArchiveService.Action, "took a service off the price list, or back onto it"),
        new(LoadServices.Action, "loaded the price list"),
        new(ExportServices.Action, "exported the price list"),
        new(ServiceList.Action, "read the price list"),
        new(ReadBill.Action, "read the bill of a visit"),
        new(AddService.Action, "put a service on a bill"),
        new(TakeOff.Action, "took a line off a bill"),
        new(AddExtra.Action, "put something on a bill that is on no price list"),
        new(GiveDiscount.Action, "gave a discount on a bill"),
        new(EndDiscount.Action, "took a discount on a bill back"),
        new(WaiveBill.Action, "let a patient off what was owed"),
        new(PayBill.Action, "took payment for a visit"),
        new(GrantExit.Action, "let care go on before payment"),
        new(EndExit.Action, "made care wait for payment again"),
        new(AddPolicy.Action, "wrote down an insurance"),
        new(EndPolicy.Action, "ended an insurance"),
        new(RequestCoverage.Action, "asked an insurer to take over a visit"),
        new(DecideCoverage.Action, "wrote down an insurer's answer"),
        new(ClaimList.Action, "read insurance claims"),
        new(ExportClaims.Action, "exported insurance claims"),
        new(ReadClaim.Action, "read an insurance claim"),
        new(PrintClaim.Action, "printed an insurance claim"),
        new(SubmitClaim.Action, "submitted an insurance claim"),
        new(AnswerClaim.Action, "wrote down an insurer's answer to a claim"),
        new(PayClaims.Action, "booked what an insurer paid"),
        new(AddRetainer.Action, "wrote down a standing agreement"),
        new(EndRetainer.Action, "ended a standing agreement"),
        new(UnpaidWork.Action, "read which work is not paid"),
        new(SettleLeak.Action, "put unpaid work aside"),
    ];

    public static IEnumerable<MenuItem> Menu =>
    [
        new("manage/prices", "Prices", "list-details", ClinicPermissions.ManagePrices, 61),
        new("claims", "Insurance claims", "file-text", ClinicPermissions.Insure, 65),
        new("manage/unpaid-work", "Unpaid work", "report-medical", ClinicPermissions.ReadLeaks, 66),
    ];

    public static void AddServices(IServiceCollection services)
    {
        services.AddSingleton<IPaymentPolicy, BillPolicy>().AddScoped<Bills>().AddScoped<ClaimPaper>().AddSingleton<IHasPrices, ServicePrices>().AddSingleton<IHoldsCash, InsuredVisits>().AddSingleton<ITopicGuard, ClaimsTopic>();
        services.AddScoped<IChargeHears, VisitHears>().AddScoped<IChargeHears, OrderHears>().AddScoped<IChargeHears, PrescriptionHears>();
        services.AddSingleton<IKnowsWork, VisitWork>().AddSingleton<IKnowsWork, OrderWork>().AddSingleton<IKnowsWork, PrescriptionWork>();
        foreach (var check in ClaimChecks.All) services.AddSingleton(check);
    }

    public static void MapRoutes(IEndpointRouteBuilder routes)
    {
        BillingApi.Map(routes);
        BillingPages.Map(routes);
        ClaimApi.Map(routes);
        ClaimPages.Map(routes);
    }
}
