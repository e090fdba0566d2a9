using System.Net;
using System.Net.WebSockets;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Salus.Kernel;
using Salus.Modules.Accounts.SecondFactor;
using Salus.Tests.Billing;

namespace Salus.Tests.Live;

/// <summary>The live hub: who may hear which topic, that a change is heard, and that the connection ends when the right goes.</summary>
public sealed class LiveTests(SalusServer server)
{
    [Fact]
    public async Task Staff_hear_their_own_queue_and_nobody_elses()
    {
        var (clinic, stranger) = (await Clinic.Make(server.Salus), await Clinic.Make(server.Salus));
        var (queue, foreign) = (await clinic.Queue(), await stranger.Queue());
        using var socket = await Socket.Open(clinic, "doctor");
        Assert.Contains($"queue:{queue}", await socket.Ask("Listen", $"queue:{queue}"), StringComparison.Ordinal);
        Assert.Contains("error", await socket.Ask("Listen", $"queue:{foreign}"), StringComparison.Ordinal);
        Assert.Contains("error", await socket.Ask("Listen", $"board:{stranger.Id}"), StringComparison.Ordinal);
        Assert.Contains("error", await socket.Ask("Listen", "nonsense"), StringComparison.Ordinal);
        await clinic.Issue(queue);
        Assert.Contains("\"changed\"", await socket.Read(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_patient_hears_the_queue_of_the_own_ticket_by_its_code_and_a_stranger_hears_nothing()
    {
        var clinic = await Clinic.Make(server.Salus);
        var queue = await clinic.Queue();
        var ticket = await clinic.Issue(queue);
        using var phone = await Socket.Open(clinic, null);
        Assert.Contains($"queue:{queue}", await phone.Ask("Listen", $"ticket:{ticket["code"].GetString()}"), StringComparison.Ordinal);
        Assert.Contains("error", await phone.Ask("Listen", $"queue:{queue}"), StringComparison.Ordinal);
        Assert.Contains("error", await phone.Ask("Listen", "ticket:aaaaaaaaaaaaaaaaaaaaaaaaaa"), StringComparison.Ordinal);
        (await clinic.Doctor.Post($"queues/{queue}/calls")).Is(200);
        Assert.Contains("\"changed\"", await phone.Read(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("lab", true)] [InlineData("radiology", true)] [InlineData("nurse", true)] [InlineData("doctor", true)] [InlineData("receptionist", false)] [InlineData("pharmacist", false)] [InlineData("admin", false)]
    public async Task Who_has_orders_to_work_on_hears_that_they_changed(string who, bool hears)
    {
        var (clinic, stranger) = (await Clinic.Make(server.Salus), await server.Stranger());
        var visit = await clinic.Visit();
        using var socket = await Socket.Open(clinic, who);
        Assert.Contains("error", await socket.Ask("Listen", $"orders:{stranger.Id}"), StringComparison.Ordinal);
        Assert.Contains(hears ? $"orders:{clinic.Id}" : "error", await socket.Ask("Listen", $"orders:{clinic.Id}"), StringComparison.Ordinal);
        if (!hears) return;
        await clinic.Ordered(visit);
        Assert.Contains("\"changed\"", await socket.Read(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nurse", true)] [InlineData("doctor", true)] [InlineData("receptionist", true)] [InlineData("admin", true)] [InlineData("lab", false)] [InlineData("pharmacist", false)]
    public async Task Who_sees_the_wards_hears_that_a_bed_was_taken_and_that_an_alert_was_raised(string who, bool hears)
    {
        var (clinic, stranger) = (await Clinic.Make(server.Salus), await server.Stranger());
        var (_, beds) = await clinic.Ward();
        using var socket = await Socket.Open(clinic, who);
        Assert.Contains("error", await socket.Ask("Listen", $"wards:{stranger.Id}"), StringComparison.Ordinal);
        Assert.Contains(hears ? $"wards:{clinic.Id}" : "error", await socket.Ask("Listen", $"wards:{clinic.Id}"), StringComparison.Ordinal);
        if (!hears) return;
        var visit = await clinic.Admitted(beds[0]);
        Assert.Contains("\"changed\"", await socket.Read(), StringComparison.Ordinal);
        (await clinic.Nurse.Post($"encounters/{visit}/vitals", new { oxygen = 80 })).Is(201);
        Assert.Contains("\"changed\"", await socket.Read(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nurse", true)] [InlineData("receptionist", true)] [InlineData("doctor", true)] [InlineData("lab", false)] [InlineData("pharmacist", false)]
    public async Task Who_sees_bills_hears_that_a_claim_was_drafted_grew_with_the_bill_and_was_submitted(string who, bool hears)
    {
        var (clinic, stranger) = (await Clinic.Make(server.Salus), await server.Stranger());
        using var socket = await Socket.Open(clinic, who);
        Assert.Contains("error", await socket.Ask("Listen", $"claims:{stranger.Id}"), StringComparison.Ordinal);
        Assert.Contains(hears ? $"claims:{clinic.Id}" : "error", await socket.Ask("Listen", $"claims:{clinic.Id}"), StringComparison.Ordinal);
        if (!hears) return;
        var insured = await clinic.Covered();
        Assert.Contains("\"changed\"", await socket.Read(), StringComparison.Ordinal);
        var dressing = await clinic.Price("other", "DRESS", "10.00", by: ["desk"]);
        (await clinic.Receptionist.Post($"encounters/{insured.Visit}/bill/services", new { serviceId = dressing })).Is(200);
        Assert.Contains("\"changed\"", await socket.Read(), StringComparison.Ordinal);
        (await clinic.Submit(insured.Claim)).Is(200);
        Assert.Contains("\"changed\"", await socket.Read(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_pharmacist_hears_of_a_new_prescription_and_who_may_not_see_it_does_not()
    {
        var (clinic, stranger) = (await Clinic.Make(server.Salus), await Clinic.Make(server.Salus));
        var visit = await clinic.Visit();
        using var socket = await Socket.Open(clinic, "pharmacist");
        Assert.Contains($"pharmacy:{clinic.Id}", await socket.Ask("Listen", $"pharmacy:{clinic.Id}"), StringComparison.Ordinal);
        Assert.Contains("error", await socket.Ask("Listen", $"pharmacy:{stranger.Id}"), StringComparison.Ordinal);
        using var nurse = await Socket.Open(clinic, "nurse");
        Assert.Contains("error", await nurse.Ask("Listen", $"pharmacy:{clinic.Id}"), StringComparison.Ordinal);
        (await clinic.Doctor.Post($"encounters/{visit}/prescriptions", new { drug = "Thyme syrup", dose = "5 ml", frequency = "daily", quantity = 1, overrideReason = "Harmless" })).Is(201);
        Assert.Contains("\"changed\"", await socket.Read(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_merge_of_two_patients_is_heard_by_open_pages_of_the_visits_that_move()
    {
        var clinic = await Clinic.Make(server.Salus);
        var (kept, other) = ((await clinic.Register()).Id, (await clinic.Register()).Id);
        var visit = (await clinic.Receptionist.Post("encounters", new { patientId = other })).Is(201).Id;
        using var socket = await Socket.Open(clinic, "doctor");
        await socket.Ask("Listen", $"encounter:{visit}");
        (await clinic.Admin.Post($"patients/{kept}/merges", new { otherId = other, reason = "The same person" })).Is(201);
        Assert.Contains($"encounter:{visit}", await socket.Read(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_suspended_members_connection_is_cut()
    {
        var clinic = await Clinic.Make(server.Salus);
        var queue = await clinic.Queue();
        using var socket = await Socket.Open(clinic, "doctor");
        await socket.Ask("Listen", $"queue:{queue}");
        var member = (await clinic.Admin.Get("staff")).Is(200)["staff"].EnumerateArray().Single(s => s.Id("accountId") == clinic.Account("doctor").Id);
        (await clinic.Admin.Put($"staff/{member.Id("membershipId")}", new { roles = (string[])["clinic.doctor"], suspended = true })).Is(204);
        Assert.Equal("closed", await socket.Read());
    }

    [Fact]
    public async Task ID_26_ending_a_session_cuts_its_live_connection_and_no_other()
    {
        var clinic = await Clinic.Make(server.Salus);
        var queue = await clinic.Queue();
        using var stolen = await Socket.Open(clinic, "doctor");
        using var other = await Socket.Open(clinic, "second-doctor");
        await stolen.Ask("Listen", $"queue:{queue}");
        await other.Ask("Listen", $"queue:{queue}");
        var session = (await clinic.Doctor.Get("/api/v1/auth/sessions")).Is(200).Json.EnumerateArray().Single(s => s.GetProperty("kind").GetString() == "browser");
        (await clinic.Doctor.Post($"/api/v1/auth/sessions/{session.Id()}/end")).Is(204);
        Assert.Equal("closed", await stolen.Read());
        await clinic.Issue(queue);
        Assert.Contains("\"changed\"", await other.Read(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task whose_second_factors_are_dropped_hears_nothing_more_either()
    {
        var clinic = await Clinic.Make(server.Salus);
        using var socket = await Socket.Open(clinic, "doctor");
        await socket.Ask("Listen", $"queue:{await clinic.Queue()}");
        await using var scope = server.Salus.Services.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<ActorSlot>().Actor = Actor.System();
        await scope.ServiceProvider.GetRequiredService<DropFactors>().Run(new(clinic.Account("doctor").Email!), default);
        Assert.Equal("closed", await socket.Read());
    }

    /// <summary>SignalR's JSON protocol over a plain WebSocket.</summary>
    private sealed class Socket(ClientWebSocket wire) : IDisposable
    {
        private readonly Queue<string> received = new();

        public static async Task<Socket> Open(Clinic clinic, string? who)
        {
            var wire = new ClientWebSocket();
            wire.Options.Cookies = new CookieContainer();
            if (who is not null)
            {
                using var browser = new Browser(clinic.Salus, wire.Options.Cookies);
                await browser.SignIn(clinic, who);
            }
            await wire.ConnectAsync(new UriBuilder(clinic.Salus.Http.BaseAddress!) { Scheme = "ws", Path = "/live" }.Uri, default);
            var socket = new Socket(wire);
            await socket.Send("""{"protocol":"json","version":1}""");
            Assert.Equal("{}", await socket.Read());
            return socket;
        }

        public async Task<string> Ask(string method, string argument)
        {
            await Send($$"""{"type":1,"invocationId":"1","target":"{{method}}","arguments":["{{argument}}"]}""");
            return await Read();
        }

        private Task Send(string text) => wire.SendAsync(Encoding.UTF8.GetBytes(text + "\u001e"), WebSocketMessageType.Text, true, default);

        /// <summary>The next message that is no ping; "closed" when the connection ended.</summary>
        public async Task<string> Read()
        {
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
            while (true)
            {
                while (received.TryDequeue(out var next)) if (!next.Contains("\"type\":6", StringComparison.Ordinal)) return next.Contains("\"type\":7", StringComparison.Ordinal) ? "closed" : next;
                var buffer = new byte[8192];
                try
                {
                    var part = await wire.ReceiveAsync(buffer, limit.Token);
                    if (part.MessageType == WebSocketMessageType.Close) return "closed";
                    foreach (var message in Encoding.UTF8.GetString(buffer, 0, part.Count).Split('\u001e', StringSplitOptions.RemoveEmptyEntries)) received.Enqueue(message);
                }
                catch (WebSocketException) { return "closed"; }
            }
        }

        public void Dispose() => wire.Dispose();
    }
}
