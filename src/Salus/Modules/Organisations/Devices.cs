using System.ComponentModel.DataAnnotations;
using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Kernel.Live;
using Salus.Modules.Organisations.Contract;

namespace Salus.Modules.Organisations;

/// <summary>Makes a device account for a waiting-room screen. Its secret is shown once.</summary>
public sealed class AddDevice(Tools tools, Granting granting) : UseCase<AddDevice.Command, AddDevice.Added>(tools)
{
    public const string Action = "device.add";

    public sealed record Command
    {
        [Required(ErrorMessage = "Please fill this in."), StringLength(80, ErrorMessage = "This is too long.")]
        public string Name { get; init; } = "";
    }

    /// <param name="Secret">Opens <c>/display/{secret}</c> on the device; as a bearer token it is <c>device_{secret}</c>.</param>
    public sealed record Added(Guid Id, string Secret);

    protected override string Name => Action;

    protected override Task Authorize(Command command, CancellationToken ct) => RequireProven(OrganisationPermissions.ManageStaff);

    protected override Task<Added> Handle(Command command, CancellationToken ct)
    {
        Granting.Demand(granting.MayGive(Actor, Role.Display, []));
        var secret = Text.Secret();
        var device = new Device { Name = Text.Clean(command.Name), SecretHash = Text.Hash(secret), CreatedAt = Now };
        Db.Add(device);
        Subject("device", device.Id);
        return Task.FromResult(new Added(device.Id, secret));
    }
}

/// <summary>Ends a device account; its screen goes dark at the next request.</summary>
public sealed class RevokeDevice(Tools tools) : UseCase<RevokeDevice.Command, Guid>(tools)
{
    public const string Action = "device.revoke";

    public sealed record Command { public Guid DeviceId { get; init; } }

    protected override string Name => Action;

    protected override Task Authorize(Command command, CancellationToken ct) => Require(OrganisationPermissions.ManageStaff);

    protected override async Task<Guid> Handle(Command command, CancellationToken ct)
    {
        var device = await Db.Devices.FirstOrDefaultAsync(d => d.Id == command.DeviceId, ct) ?? throw Refusal.NotFound();
        device.RevokedAt ??= Now;
        Changed(LiveTopics.Cut + device.Id);
        Subject("device", device.Id);
        return device.Id;
    }
}
