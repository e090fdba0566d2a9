using Salus.Modules.Clinic.Billing.Claims;
using Salus.Modules.Payments.Contract;

namespace Salus.Modules.Clinic.Billing;

/// <summary>Values of prices and bills as words for people (resource keys).</summary>
public static class BillWords
{
    public static string Of(Department department) => department switch
    {
        Department.Registration => "Registration", Department.Lab => "Laboratory", Department.Imaging => "Imaging", Department.Procedure => "Procedure", Department.Pharmacy => "Pharmacy", Department.Other => "Other", _ => "Consultation",
    };

    public static string Of(BillTiming timing) => timing switch { BillTiming.After => "Paid after care", _ => "Paid before care" };

    public static string Of(BilledBy by) => by switch { BilledBy.Doctor => "Doctor", BilledBy.Nurse => "Nurse", _ => "Desk" };

    public static string OfOccasion(string occasion) => occasion switch { Service.FirstVisit => "First visit", _ => Encounters.VisitWords.Of(Enum.Parse<Encounters.EncounterType>(occasion)) };

    public static string Of(ChargeState state) => state switch { ChargeState.PartPaid => "Paid in part", ChargeState.Paid => "Paid", ChargeState.Credited => "Taken back", _ => "Not paid" };

    public static string Of(ExitKind kind) => kind switch { ExitKind.Promise => "Promise to pay", _ => "Emergency" };

    public static string Of(CoverageState state) => state switch { CoverageState.Approved => "Insurer: approved", CoverageState.Rejected => "Insurer: rejected", _ => "Insurer: answer awaited" };

    public static string Of(ClaimState state) => state switch { ClaimState.Submitted => "Submitted", ClaimState.Approved => "Approved", ClaimState.Rejected => "Rejected", ClaimState.Paid => "Paid", _ => "Draft" };

    public static string Of(RetainerKind kind) => kind switch { RetainerKind.Quarterly => "Quarterly agreement", RetainerKind.Annual => "Annual agreement", RetainerKind.Corporate => "Company agreement", RetainerKind.Other => "Other agreement", _ => "Monthly agreement" };

    public static string Of(PaymentMethod method) => method switch
    {
        PaymentMethod.Card => "Card", PaymentMethod.Transfer => "Bank transfer", PaymentMethod.Wallet => "Wallet", PaymentMethod.Insurance => "Insurance", PaymentMethod.Stripe => "Online (Stripe)", PaymentMethod.PayPal => "Online (PayPal)",
        PaymentMethod.Paq => "Online (PAQ)", _ => "Cash",
    };

    /// <summary>A unit of work on the list of unpaid work.</summary>
    public static string OfWork(string kind) => kind switch { nameof(Orders.OrderKind.Lab) => "Laboratory", nameof(Orders.OrderKind.Imaging) => "Imaging", nameof(Orders.OrderKind.Procedure) => "Procedure", _ => "Pharmacy" };
}
