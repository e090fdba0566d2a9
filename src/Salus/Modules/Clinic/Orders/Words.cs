using Salus.Modules.Clinic.Orders.Referrals;

namespace Salus.Modules.Clinic.Orders;

/// <summary>States and kinds as words for people.</summary>
public static class Words
{
    public static string Of(OrderState state) => state switch { OrderState.Ordered => "Ordered", OrderState.InProgress => "In progress", OrderState.Resulted => "Result ready", _ => "Cancelled" };

    public static string Of(OrderKind kind) => kind switch { OrderKind.Lab => "Laboratory", OrderKind.Imaging => "Imaging", _ => "Procedure" };

    public static string Of(OrderPriority priority) => priority switch { OrderPriority.Stat => "Emergency", OrderPriority.Urgent => "Urgent", _ => "Routine" };

    public static string Of(ResultFlag flag) => flag switch { ResultFlag.Critical => "Critical", ResultFlag.Abnormal => "Abnormal", _ => "Normal" };

    public static string Of(SampleOutcome outcome) => outcome switch
    {
        SampleOutcome.Collected => "Sample taken", SampleOutcome.Partial => "Only a part could be taken", SampleOutcome.Failed => "Could not be taken", _ => "The patient refused",
    };

    public static string Of(ReferralState state) => state switch
    {
        ReferralState.Pending => "Sent", ReferralState.Accepted => "Accepted", ReferralState.Completed => "Completed", ReferralState.Rejected => "Rejected", _ => "Cancelled",
    };

    public static string Of(ReferralAction action) => action switch
    {
        ReferralAction.Accept => "Accepted there", ReferralAction.Complete => "Completed there", ReferralAction.Reject => "Rejected there", _ => "Cancel the referral",
    };

    /// <summary>What is wrong with a row of a table.</summary>
    public static string CodeTwice => "This code stands in the table twice.";
    public static string NoCode => "A code has letters, digits and a point.";

    /// <summary>What the box for a diagnosis is called when nothing else is said.</summary>
    public static string Diagnosis => "Diagnosis";

    /// <summary>No flag is given: the value and its reference range decide.</summary>
    public static string ByValue => "As the value says";
}
