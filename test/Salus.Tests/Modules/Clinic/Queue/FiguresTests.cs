using Salus.Modules.Clinic.Queue;

namespace Salus.Tests.Queue;

/// <summary>Figures: a planted day is counted exactly.</summary>
public sealed class FiguresTests(SalusServer server)
{
    private static readonly DateOnly Day = new(2026, 3, 10);
    private static readonly DateTime Nine = new(2026, 3, 10, 8, 0, 0, DateTimeKind.Utc); // nine o'clock in Rome

    [Fact]
    public async Task figures_equal_the_planted_day()
    {
        var clinic = await server.NewClinic();
        var (queue, patient) = (await clinic.Queue(), (await clinic.Register()).Id);
        var rows = new List<Ticket>();
        // Waits of 10, 20, 30 and 40 minutes, all served for 5 minutes; one did not come, one cancelled, one was transferred.
        for (var i = 0; i < 4; i++) rows.Add(Row(i + 1, TicketState.Done, 10 * (i + 1), 15 + (10 * i)));
        rows.Add(Row(5, TicketState.NoShow, null, 60));
        rows.Add(Row(6, TicketState.Cancelled, null, 61));
        rows.Add(Row(7, TicketState.Transferred, null, 62));
        await clinic.Salus.Database.Write(clinic.Id, async db =>
        {
            foreach (var row in rows) { (row.OrganisationId, row.QueueId, row.PatientId) = (clinic.Id, queue, patient); db.Add(row); }
            return await db.SaveChangesAsync();
        }, default);
        var all = (await clinic.Doctor.Get("figures?date=2026-03-10")).Is(200)["all"];
        Assert.Equal((7, 0, 4, 1, 1, 1), (all.Number("issued"), all.Number("waiting"), all.Number("served"), all.Number("noShows"), all.Number("cancelled"), all.Number("transferred")));
        Assert.Equal(25, all.GetProperty("meanWait").GetDouble(), 6);
        Assert.Equal(40, all.GetProperty("p90Wait").GetDouble(), 6);
        var hours = (await clinic.Admin.Get("figures?date=2026-03-10"))["hours"];
        Assert.Equal((9, 7, 4), (hours[0].Number("hour"), hours[0].Number("issued"), hours[0].Number("served")));
    }

    private static Ticket Row(int number, TicketState state, int? waited, int ended) => new()
    {
        Day = Day, Number = number, State = state, Code = Kernel.Text.Secret(), IssuedAt = Nine, Waited = waited * 60,
        CalledAt = waited is { } w ? Nine.AddMinutes(w) : null, EndedAt = Nine.AddMinutes(ended),
    };

    [Theory, InlineData("admin", 200), InlineData("doctor", 200), InlineData("receptionist", 403), InlineData("display", 403), InlineData("anonymous", 401)]
    public async Task who_may_see_figures(string persona, int status)
    {
        var clinic = await server.NewClinic();
        (await clinic.As(persona).Get("figures")).Is(status);
    }
}
