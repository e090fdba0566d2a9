namespace Salus.Modules.Clinic.Orders;

/// <summary>The colour of a state, by the classes that lists have.</summary>
internal static class Colours
{
    public static string Of(OrderState state) => state switch { OrderState.InProgress => "state-called", OrderState.Resulted => "state-done", OrderState.Cancelled => "state-cancelled", _ => "state-waiting" };

    public static string Of(ResultFlag flag) => flag switch { ResultFlag.Critical => "state-stat", ResultFlag.Abnormal => "state-called", _ => "state-done" };
}
