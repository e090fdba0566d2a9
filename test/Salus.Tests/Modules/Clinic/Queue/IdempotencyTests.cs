using System.Text.Json;

namespace Salus.Tests.Queue;

/// <summary>Idempotency-Key on registering, issuing, calling and transferring: done once, answered the same.</summary>
public sealed class IdempotencyTests(SalusServer server)
{
    private static (string, string) Key() => ("Idempotency-Key", Guid.NewGuid().ToString());

    [Fact]
    public async Task registering_twice_with_one_key_registers_once()
    {
        var clinic = await server.NewClinic();
        var key = Key();
        var first = (await clinic.Receptionist.Post("patients", new { name = "Anna Rossi" }, key)).Is(201);
        var second = (await clinic.Receptionist.Post("patients", new { name = "Anna Rossi" }, key)).Is(201);
        Assert.Equal(first.Text, second.Text);
        Assert.Single((await clinic.Doctor.Get("patients")).Items);
        Assert.Single(await clinic.Audit("patient.register"));
    }

    [Fact]
    public async Task the_same_key_for_another_request_is_refused()
    {
        var clinic = await server.NewClinic();
        var key = Key();
        (await clinic.Receptionist.Post("patients", new { name = "Anna Rossi" }, key)).Is(201);
        (await clinic.Receptionist.Post("patients", new { name = "Bruno Bianchi" }, key)).Refuses(422, "idempotency.mismatch");
        (await clinic.Receptionist.Post("tickets", new { patientId = Guid.NewGuid(), queueId = Guid.NewGuid() }, key)).Refuses(422, "idempotency.mismatch");
    }

    [Fact]
    public async Task twenty_at_once_with_one_key_issue_one_token_and_get_the_same_answer()
    {
        var clinic = await server.NewClinic();
        var (queue, patient, desk, key) = (await clinic.Queue(), (await clinic.Register()).Id, clinic.Receptionist, Key());
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => desk.Post("tickets", new { patientId = patient, queueId = queue }, key)));
        Assert.All(answers, a => a.Is(201));
        Assert.Single(answers.Select(a => a.Id).Distinct());
        Assert.Equal(1, Assert.Single((await clinic.Doctor.Get("tickets")).Items).GetProperty("number").GetInt32());
    }

    [Fact]
    public async Task twenty_at_once_with_one_key_register_one_patient()
    {
        var clinic = await server.NewClinic();
        var (desk, key) = (clinic.Receptionist, Key());
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => desk.Post("patients", new { name = "Anna Rossi", number = "03-03-003" }, key)));
        Assert.All(answers, a => a.Is(201));
        Assert.Single(answers.Select(a => a.Id).Distinct());
    }

    [Fact]
    public async Task calling_next_twice_with_one_key_calls_one_patient()
    {
        var clinic = await server.NewClinic();
        var queue = await clinic.Queue();
        await clinic.Issue(queue);
        await clinic.Issue(queue);
        var key = Key();
        var first = (await clinic.Doctor.Post($"queues/{queue}/calls", new { }, key)).Is(200);
        var second = (await clinic.Doctor.Post($"queues/{queue}/calls", new { }, key)).Is(200);
        Assert.Equal(first.Text, second.Text);
        Assert.Single((await clinic.Doctor.Get("tickets?status=called")).Items);
    }

    [Fact]
    public async Task transferring_twice_with_one_key_gives_one_new_token()
    {
        var clinic = await server.NewClinic();
        var (from, to) = (await clinic.Queue("From"), await clinic.Queue("To"));
        var (ticket, key) = ((await clinic.Issue(from)).Id, Key());
        var first = (await clinic.Doctor.Post($"tickets/{ticket}/transfer", new { queueId = to }, key)).Is(200);
        Assert.Equal(first.Text, (await clinic.Doctor.Post($"tickets/{ticket}/transfer", new { queueId = to }, key)).Is(200).Text);
        Assert.Single((await clinic.Doctor.Get($"tickets?queue={to}")).Items);
    }

    [Fact]
    public async Task a_key_belongs_to_who_used_it()
    {
        var clinic = await server.NewClinic();
        var key = Key();
        var one = (await clinic.Receptionist.Post("patients", new { name = "Anna Rossi" }, key)).Is(201);
        var other = (await clinic.Admin.Post("patients", new { name = "Anna Rossi" }, key)).Is(201);
        Assert.NotEqual(one.Id, other.Id);
    }

    [Fact]
    public async Task a_refused_request_may_be_sent_again_with_its_key()
    {
        var clinic = await server.NewClinic();
        var (queue, key) = (await clinic.Queue(), Key());
        (await clinic.Doctor.Post($"queues/{queue}/calls", new { }, key)).Refuses(409, "queue.empty");
        await clinic.Issue(queue);
        (await clinic.Doctor.Post($"queues/{queue}/calls", new { }, key)).Is(200);
    }

    [Fact]
    public async Task a_key_of_more_than_a_hundred_characters_is_refused()
    {
        var clinic = await server.NewClinic();
        (await clinic.Receptionist.Post("patients", new { name = "Anna Rossi" }, ("Idempotency-Key", new string('k', 101)))).Refuses(400, "malformed");
        Assert.Equal(JsonValueKind.Array, (await clinic.Doctor.Get("patients"))["items"].ValueKind);
    }
}
