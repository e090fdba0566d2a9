using Salus.Modules.Clinic.Queue;

namespace Salus.Tests.Queue;

/// <summary>What a patient is told when the token is issued is kept for a while, by queue; another clinic must not spoil it.</summary>
public sealed class TellWaitTests(SalusServer server)
{
    [Fact]
    public async Task TE_01_another_clinic_that_names_the_queue_spoils_no_forecast()
    {
        var (clinic, stranger) = (await Clinic.Make(server.Salus), await Clinic.Make(server.Salus));
        var queue = await clinic.Queue();
        await PlantMonth(clinic, queue, (await clinic.Register()).Id);
        var foreign = await stranger.Register("Bruno Bianchi");
        (await stranger.Receptionist.Post("tickets", new { patientId = foreign.Id, queueId = queue })).Refuses(404, "not-found");
        var issued = await clinic.Issue(queue);
        var ticket = (await clinic.Doctor.Get($"tickets/{issued.Id}")).Is(200);
        Assert.Equal(System.Text.Json.JsonValueKind.Number, ticket["toldTo"].ValueKind);
    }

    private static async Task PlantMonth(Clinic clinic, Guid queue, Guid patient)
    {
        var now = clinic.Salus.Now;
        await using var db = clinic.Open();
        for (var i = 0; i < 60; i++)
        {
            var at = now.AddDays(-1 - (i % 20)).AddMinutes(i / 20 * 15);
            var ticket = new Ticket { QueueId = queue, PatientId = patient, Day = DateOnly.FromDateTime(at), Number = 1000 + i, IssuedAt = at, Code = Salus.Kernel.Text.Secret() };
            ticket.Move(TicketAction.Call, at.AddMinutes(5), clinic.Account("doctor").Id);
            ticket.Move(TicketAction.BringIn, at.AddMinutes(6));
            ticket.Move(TicketAction.Finish, at.AddMinutes(14));
            db.Add(ticket);
        }
        await db.SaveChangesAsync();
    }
}
