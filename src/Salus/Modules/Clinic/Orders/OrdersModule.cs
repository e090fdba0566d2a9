using Salus.Kernel;
using Salus.Kernel.Live;
using Salus.Modules.Clinic.Orders.Lists;
using Salus.Modules.Clinic.Orders.Referrals;

namespace Salus.Modules.Clinic.Orders;

/// <summary>What the clinic's module declares for orders, results, referrals and the lists behind them.</summary>
internal static class OrdersModule
{
    public static IEnumerable<AuditAction> AuditActions =>
    [
        new(PlaceOrders.Action, "ordered tests, studies or procedures"),
        new(CancelOrder.Action, "cancelled an order"),
        new(CollectSample.Action, "took a sample, or noted why not"),
        new(StartStudy.Action, "began an imaging study"),
        new(StartProcedure.Action, "began a procedure"),
        new(PostResult.Action, "entered a laboratory result"),
        new(PostReport.Action, "reported an imaging study"),
        new(FinishProcedure.Action, "carried out a procedure"),
        new(AmendResult.Action, "added to a result"),
        new(ReadOrders.Action, "read the orders of a visit"),
        new(OrderList.Action, "read a patient's order in a list of work"),
        new(ReferPatient.Action, "referred a patient"),
        new(FollowReferral.Action, "noted what became of a referral"),
        new(ReadReferrals.Action, "read the referrals of a visit"),
        new(SaveEntry.Action, "defined a test, study or procedure"),
        new(ArchiveEntry.Action, "archived a test, study or procedure"),
        new(LoadCatalogue.Action, "loaded a list of tests, studies and procedures"),
        new(ExportCatalogue.Action, "exported the list of tests, studies and procedures"),
        new(EntryList.Action, "read the list of tests, studies and procedures"),
        new(EntryOptions.Action, "looked for something to order"),
        new(SaveCodes.Action, "loaded diagnosis codes"),
        new(CodeSearch.Action, "searched the diagnosis codes"),
        new(CodeSystems.Action, "read which diagnosis codes are loaded"),
        new(SaveTemplate.Action, "wrote a template of notes"),
        new(ArchiveTemplate.Action, "took a template of notes away"),
        new(UseTemplate.Action, "used a template of notes"),
        new(TemplateList.Action, "read the templates of notes"),
    ];

    public static IEnumerable<MenuItem> Menu =>
    [
        new("lab", "Laboratory", "test-pipe", ClinicPermissions.ReadLabList, 26),
        new("imaging", "Imaging", "radioactive", ClinicPermissions.ReadImagingList, 27),
        new("tasks", "Nursing tasks", "clipboard-list", ClinicPermissions.DoProcedures, 28),
        new("manage/catalogue", "Tests, studies and procedures", "list-search", ClinicPermissions.ManageCatalogue, 62),
        new("manage/codes", "Diagnosis codes", "report-medical", ClinicPermissions.ManageCodes, 63),
        new("manage/templates", "Templates of notes", "template", ClinicPermissions.ManageTemplates, 64),
    ];

    public static void AddServices(IServiceCollection services) => services.AddScoped<CodeLoad>().AddScoped<OrderAnswer>().AddSingleton<ITopicGuard, OrdersTopic>();

    public static void MapRoutes(IEndpointRouteBuilder routes)
    {
        OrderApi.Map(routes);
        OrderPages.Map(routes);
        ReferralDoors.Map(routes);
        ListApi.Map(routes);
        ListPages.Map(routes);
    }
}
