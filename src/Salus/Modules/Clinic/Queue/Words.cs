namespace Salus.Modules.Clinic.Queue;

/// <summary>The queue's values as words for people (resource keys).</summary>
public static class Words
{
    public static string Of(TicketState state) => state switch
    {
        TicketState.Waiting => "Waiting",
        TicketState.Called => "Called",
        TicketState.InRoom => "In the room",
        TicketState.Done => "Done",
        TicketState.NoShow => "Did not come",
        TicketState.Transferred => "Transferred",
        _ => "Cancelled",
    };

    public static string Of(Urgency urgency) => urgency switch { Urgency.Stat => "Emergency", Urgency.Urgent => "Urgent", _ => "Routine" };

    public static string Of(TicketAction action) => action switch
    {
        TicketAction.Issue => "Token issued",
        TicketAction.Call => "Called",
        TicketAction.Recall => "Called again",
        TicketAction.BringIn => "Brought in",
        TicketAction.Finish => "Finished",
        TicketAction.SendBack => "Sent back to wait",
        TicketAction.NoShow => "Did not come",
        TicketAction.Return => "Came back",
        TicketAction.Transfer => "Transferred",
        TicketAction.Cancel => "Cancelled",
        _ => "Urgency changed",
    };
}
