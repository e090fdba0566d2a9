using System.Text.Json;
using Salus.Kernel;
using Salus.Modules.Clinic.Queue;

namespace Salus.Tests.Queue;

/// <summary>MoveTicket: the arrows between states, and who may go them.</summary>
public sealed class MoveTicketTests(SalusServer server)
{
    // The published table of arrows, written down a second time on purpose.
    private static readonly Dictionary<(TicketState, TicketAction), TicketState> Legal = new()
    {
        [(TicketState.Waiting, TicketAction.Call)] = TicketState.Called,
        [(TicketState.Waiting, TicketAction.NoShow)] = TicketState.NoShow,
        [(TicketState.Waiting, TicketAction.Transfer)] = TicketState.Transferred,
        [(TicketState.Waiting, TicketAction.Cancel)] = TicketState.Cancelled,
        [(TicketState.Waiting, TicketAction.SetUrgency)] = TicketState.Waiting,
        [(TicketState.Called, TicketAction.Recall)] = TicketState.Called,
        [(TicketState.Called, TicketAction.BringIn)] = TicketState.InRoom,
        [(TicketState.Called, TicketAction.SendBack)] = TicketState.Waiting,
        [(TicketState.Called, TicketAction.NoShow)] = TicketState.NoShow,
        [(TicketState.Called, TicketAction.Transfer)] = TicketState.Transferred,
        [(TicketState.Called, TicketAction.Cancel)] = TicketState.Cancelled,
        [(TicketState.InRoom, TicketAction.Finish)] = TicketState.Done,
        [(TicketState.InRoom, TicketAction.SendBack)] = TicketState.Waiting,
        [(TicketState.InRoom, TicketAction.Transfer)] = TicketState.Transferred,
        [(TicketState.NoShow, TicketAction.Return)] = TicketState.Waiting,
    };

    public static TheoryData<TicketState, TicketAction> Pairs =>
        new(Enum.GetValues<TicketState>().SelectMany(s => Enum.GetValues<TicketAction>().Select(a => (s, a))));

    [Theory, MemberData(nameof(Pairs))]
    public void QU_07_only_legal_arrows_exist(TicketState from, TicketAction action)
    {
        var ticket = new Ticket { State = from, IssuedAt = DateTime.UnixEpoch };
        if (Legal.TryGetValue((from, action), out var to))
        {
            ticket.Move(action, DateTime.UnixEpoch.AddMinutes(5));
            Assert.Equal(to, ticket.State);
        }
        else
        {
            var refusal = Assert.Throws<Refusal>(() => ticket.Move(action, DateTime.UnixEpoch));
            Assert.Equal((409, "ticket.state", from), (refusal.Status, refusal.Code, ticket.State));
        }
    }

    public static TheoryData<TicketState, TicketAction> Steps => new(Enum.GetValues<TicketState>().SelectMany(s => MoveTicket.Steps.Select(a => (s, a))));

    [Theory, MemberData(nameof(Steps))]
    public async Task QU_07_the_api_goes_the_same_arrows(TicketState from, TicketAction step)
    {
        var clinic = await server.NewClinic();
        var ticket = await TicketIn(clinic, from);
        var answer = await clinic.Step(ticket, JsonNamingPolicy.KebabCaseLower.ConvertName(step.ToString()));
        if (Legal.TryGetValue((from, step), out var to)) Assert.Equal(JsonNamingPolicy.KebabCaseLower.ConvertName(to.ToString()), answer.Is(200)["state"].GetString());
        else Assert.NotEmpty(answer.Refuses(409, "ticket.state")["detail"].GetString()!);
    }

    private static async Task<Guid> TicketIn(Clinic clinic, TicketState state)
    {
        var (queue, other) = (await clinic.Queue(), await clinic.Queue("Other"));
        var ticket = (await clinic.Issue(queue)).Id;
        if (state is TicketState.Called or TicketState.InRoom or TicketState.Done) (await clinic.Doctor.Post($"queues/{queue}/calls")).Is(200);
        if (state is TicketState.InRoom or TicketState.Done) (await clinic.Step(ticket, "bring-in")).Is(200);
        if (state == TicketState.Done) (await clinic.Step(ticket, "finish")).Is(200);
        if (state == TicketState.NoShow) (await clinic.Step(ticket, "no-show")).Is(200);
        if (state == TicketState.Cancelled) (await clinic.Step(ticket, "cancel")).Is(200);
        if (state == TicketState.Transferred) (await clinic.Doctor.Post($"tickets/{ticket}/transfer", new { queueId = other })).Is(200);
        return ticket;
    }

    [Theory, InlineData("receptionist", 403), InlineData("admin", 403), InlineData("display", 403), InlineData("anonymous", 401), InlineData("second-doctor", 200)]
    public async Task QU_03_only_a_doctor_moves_a_ticket(string persona, int status)
    {
        var clinic = await server.NewClinic();
        var ticket = await TicketIn(clinic, TicketState.Called);
        foreach (var step in (string[])["recall", "bring-in", "finish"]) (await clinic.Step(ticket, step, clinic.As(persona))).Is(status);
    }

    [Theory, InlineData("receptionist", 200), InlineData("doctor", 200), InlineData("admin", 403), InlineData("display", 403)]
    public async Task the_desk_may_cancel_and_bring_back(string persona, int status)
    {
        var clinic = await server.NewClinic();
        var queue = await clinic.Queue();
        (await clinic.Step((await clinic.Issue(queue)).Id, "cancel", clinic.As(persona))).Is(status);
        var missed = (await clinic.Issue(queue)).Id;
        (await clinic.Step(missed, "no-show")).Is(200);
        (await clinic.Step(missed, "return", clinic.As(persona))).Is(status);
    }

    [Fact]
    public async Task QU_09_each_step_has_an_audit_row_with_the_visit_and_both_states()
    {
        var clinic = await server.NewClinic();
        var ticket = await TicketIn(clinic, TicketState.Done);
        Assert.Equal(["Called>InRoom", "InRoom>Done"], (await clinic.Audit("ticket.move", ticket)).Select(r => r.Detail));
        Assert.All(await clinic.Audit("ticket.move", ticket), r => Assert.Equal(ticket, r.VisitId));
    }

    [Fact]
    public async Task sending_back_keeps_the_token_and_the_place()
    {
        var clinic = await server.NewClinic();
        var queue = await clinic.Queue();
        var (first, second) = ((await clinic.Issue(queue)).Id, (await clinic.Issue(queue)).Id);
        (await clinic.Doctor.Post($"queues/{queue}/calls")).Is(200);
        Assert.Equal(1, (await clinic.Step(first, "send-back")).Is(200)["number"].GetInt32());
        Assert.Equal(first, (await clinic.Doctor.Post($"queues/{queue}/calls")).Is(200).Id);
        Assert.Equal(second, (await clinic.Doctor.Post($"queues/{queue}/calls")).Is(200).Id);
    }

    [Fact]
    public async Task who_did_not_come_may_return_to_the_old_place()
    {
        var clinic = await server.NewClinic();
        var queue = await clinic.Queue();
        var first = (await clinic.Issue(queue)).Id;
        await clinic.Issue(queue);
        (await clinic.Doctor.Post($"queues/{queue}/calls")).Is(200);
        (await clinic.Step(first, "no-show")).Is(200);
        (await clinic.Step(first, "return", clinic.Receptionist)).Is(200);
        Assert.Equal(first, (await clinic.Doctor.Post($"queues/{queue}/calls")).Is(200).Id);
    }

    [Theory, InlineData("call"), InlineData("issue"), InlineData("transfer"), InlineData("set-urgency")]
    public async Task a_step_with_an_address_of_its_own_is_not_done_here(string step)
    {
        var clinic = await server.NewClinic();
        var ticket = (await clinic.Issue(await clinic.Queue())).Id;
        (await clinic.Step(ticket, step)).RefusesField("step");
    }

    [Fact]
    public async Task QU_12_a_stale_version_is_refused()
    {
        var clinic = await server.NewClinic();
        var queue = await clinic.Queue();
        var ticket = await clinic.Issue(queue);
        var seen = (await clinic.Doctor.Get($"tickets/{ticket.Id}")).ETag;
        (await clinic.Doctor.Post($"queues/{queue}/calls")).Is(200);
        (await clinic.SecondDoctor.Post($"tickets/{ticket.Id}/steps", new { step = "no-show" }, ("If-Match", seen))).Refuses(409, "stale");
        Assert.Equal("called", (await clinic.Doctor.Get($"tickets/{ticket.Id}"))["state"].GetString());
    }

    [Fact]
    public async Task of_two_doctors_who_finish_and_send_back_at_once_one_does()
    {
        var clinic = await server.NewClinic();
        var ticket = await TicketIn(clinic, TicketState.InRoom);
        var version = (await clinic.Doctor.Get($"tickets/{ticket}")).ETag;
        var (one, two) = (clinic.Doctor, clinic.SecondDoctor);
        var answers = await Task.WhenAll(one.Post($"tickets/{ticket}/steps", new { step = "finish" }, ("If-Match", version)), two.Post($"tickets/{ticket}/steps", new { step = "send-back" }, ("If-Match", version)));
        Assert.Single(answers, a => a.Status == 200);
        Assert.Single(answers, a => a.Status == 409);
    }
}
