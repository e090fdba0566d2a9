using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.JsonWebTokens;
using Salus.Kernel;
using Salus.Modules.Accounts.Contract;

namespace Salus.Tests.Accounts;

/// <summary>Keys of access tokens change, and nobody is signed out by it.</summary>
public sealed class TokenKeyTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("salus-token-keys-").FullName;
    private readonly MovableClock clock = new();

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private TokenKeys Node(int days = 90) => new(new Settings { Data = folder, Keys = folder, KeyDays = days }, clock);

    private static string[] Published(Answer jwks) => [.. jwks["keys"].EnumerateArray().Select(k => k.Str("kid"))];

    [Fact]
    public async Task a_token_made_before_a_change_stays_valid_and_those_after_it_carry_the_new_key()
    {
        await using var own = await OwnServer.Start();
        var clinic = await Clinic.Make(own.Salus);
        var before = own.Salus.TokenOf(clinic.Account("doctor"));
        Assert.Equal(0, await Cli.Maintenance.RotateKeys(own.Salus.Settings, default));
        (await new Caller(own.Salus.Http, before, clinic.Slug).Get("patients")).Is(200);
        await own.Restart(s => s with { Clock = "+3m" });
        (await new Caller(own.Salus.Http, before, clinic.Slug).Get("patients")).Is(200);
        var after = own.Salus.TokenOf(clinic.Account("doctor"));
        (await new Caller(own.Salus.Http, after, clinic.Slug).Get("patients")).Is(200);
        string[] kids = [new JsonWebToken(before).Kid, new JsonWebToken(after).Kid];
        Assert.Equal(2, kids.Distinct().Count());
        Assert.Equal(kids, Published((await clinic.On(own.Salus).Anonymous.Get("/.well-known/jwks.json")).Is(200)));
        await own.Restart(s => s with { Clock = "+65m" });
        Assert.Equal(kids[1..], Published((await own.Salus.Anonymous().Get("/.well-known/jwks.json")).Is(200)));
        await using var db = own.Salus.Database.Open();
        Assert.Equal(kids[1], db.Set<Kernel.Audit.AuditEvent>().Single(e => e.Action == "keys.rotate").Detail);
    }

    [Fact]
    public void a_new_key_signs_only_when_every_node_has_had_time_to_see_it()
    {
        using var one = Node();
        using var other = Node();
        clock.Move(TimeSpan.FromSeconds(5)); // the first key is as old as its file
        var old = one.Signing.Id;
        var fresh = one.Rotate().Id;
        Assert.Equal((old, old), (one.Signing.Id, other.Signing.Id));
        Assert.Equal([old, fresh], one.Verifying.Select(k => k.Id));
        clock.Move(TokenKeys.Settle - TimeSpan.FromSeconds(1));
        Assert.Equal((old, old), (one.Signing.Id, other.Signing.Id));
        clock.Move(TimeSpan.FromSeconds(2));
        Assert.Equal((fresh, fresh), (one.Signing.Id, other.Signing.Id));
    }

    [Fact]
    public void a_node_that_meets_an_unknown_key_looks_into_the_folder_once_a_minute()
    {
        using var one = Node();
        using var other = Node();
        clock.Move(TimeSpan.FromMinutes(5));
        Assert.Null(other.Find("unknown"));
        var fresh = one.Rotate().Id;
        Assert.Null(other.Find(fresh)); // just looked, and nothing is signed with it yet
        clock.Move(TokenKeys.Look);
        Assert.Equal(fresh, other.Find(fresh)!.Id);
    }

    [Fact]
    public void a_key_is_replaced_when_it_is_old_and_removed_when_nothing_needs_it()
    {
        using var node = Node(days: 30);
        var first = node.Signing.Id;
        clock.Move(TimeSpan.FromDays(31));
        Assert.Equal(first, node.Signing.Id);
        clock.Move(TimeSpan.FromMinutes(3));
        var second = node.Signing.Id;
        Assert.NotEqual(first, second);
        Assert.NotNull(node.Find(first));
        clock.Move(TokenKeys.Overlap);
        Assert.Null(node.Find(first));
        clock.Move(TimeSpan.FromDays(31));
        Assert.Equal(second, node.Signing.Id);
        Assert.Equal(2, Directory.GetFiles(folder).Length);
        using var restarted = Node(days: 30);
        Assert.Equal(second, restarted.Signing.Id);
        Assert.All(Directory.GetFiles(folder), f => Assert.True(OperatingSystem.IsWindows() || File.GetUnixFileMode(f) == (UnixFileMode.UserRead | UnixFileMode.UserWrite)));
    }

    [Fact]
    public void a_folder_that_cannot_be_read_for_a_while_forgets_no_key()
    {
        using var node = Node();
        var key = node.Signing.Id;
        File.WriteAllText(Path.Combine(folder, "token-key-20990101000000000.pem"), "half a fi");
        clock.Move(TimeSpan.FromMinutes(2));
        Assert.Equal(key, node.Signing.Id);
        Assert.NotNull(node.Find(key));
    }
}
