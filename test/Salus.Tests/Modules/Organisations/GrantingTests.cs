namespace Salus.Tests.Organisations;

/// <summary>Nobody grants what they lack (docs/adr/0018).</summary>
public sealed class GrantingTests(SalusServer server)
{
    private static readonly string[] Receptionist = ["organisation.enter", "patients.read", "patients.write", "queue.read-board", "queue.read", "queue.issue", "queue.post-notice", "files.open", "wards.read", "encounters.read", "encounters.open", "record.add-documents",
        "payments.read", "payments.charge", "payments.take", "payments.invoice", "payments.wallets", "billing.read", "billing.edit", "billing.read-prices", "billing.insure", "billing.promise"];

    private static Task<Caller> HeadOfDesk(Clinic clinic) =>
        clinic.HireWith("head-of-desk", [.. Receptionist, "organisation.manage-staff", "organisation.manage-roles", "organisation.manage-keys"]);

    private static object Invitation(string role) => new { name = "N N", email = $"{Guid.NewGuid():N}@example.org", roles = new[] { role } };

    [Fact]
    public async Task who_manages_staff_by_an_own_role_gives_only_what_they_hold()
    {
        var clinic = await server.NewClinic();
        var head = await HeadOfDesk(clinic);
        (await head.Post("invitations", Invitation("clinic.receptionist"))).Is(201);
        foreach (var role in (string[])["org.admin", "clinic.doctor", "clinic.nurse", "clinic.owner"]) (await head.Post("invitations", Invitation(role))).Refuses(403, "role.not-yours");
        Assert.Equal(["clinic.embryologist", "clinic.receptionist", "own.head-of-desk"],
            (await head.Get("staff"))["roles"].EnumerateArray().Select(r => r.Str("key")).Order(StringComparer.Ordinal));
        (await head.Post("devices", new { name = "Hall" })).Is(201);
        Assert.Contains(await clinic.Audit("staff.invite"), e => e.Result == "role.not-yours");
    }

    [Fact]
    public async Task who_could_not_give_a_role_cannot_take_it_either()
    {
        var clinic = await server.NewClinic();
        var head = await HeadOfDesk(clinic);
        var (admin, doctor, receptionist) = (await clinic.MembershipOf("admin"), await clinic.MembershipOf("doctor"), await clinic.MembershipOf("receptionist"));
        (await head.Put($"staff/{admin}", new { roles = new[] { "clinic.receptionist" } })).Refuses(403, "role.not-yours");
        (await head.Put($"staff/{doctor}", new { roles = new[] { "clinic.receptionist" }, suspended = true })).Refuses(403, "role.not-yours");
        (await head.Put($"staff/{await clinic.MembershipOf("head-of-desk")}", new { roles = new[] { "org.admin" } })).Refuses(403, "role.not-yours");
        (await head.Put($"staff/{receptionist}", new { roles = new[] { "clinic.receptionist" }, suspended = true })).Is(204);
        (await clinic.Doctor.Get("figures")).Is(200);
    }

    [Fact]
    public async Task own_roles_and_keys_are_made_of_what_the_maker_holds()
    {
        var clinic = await server.NewClinic();
        var head = await HeadOfDesk(clinic);
        foreach (var permission in (string[])["queue.serve", "organisation.manage-settings", "audit.read", "clinic.break-glass"])
        {
            (await head.Post("roles", new { title = "More", permissions = new[] { "queue.read", permission } })).Refuses(403, "role.not-yours");
            if (permission != "clinic.break-glass") (await head.Post("keys", new { name = "More", permissions = new[] { permission } })).Refuses(403, "role.not-yours"); // no key at all holds that
        }
        var less = (await head.Post("roles", new { title = "Less", permissions = new[] { "queue.read" } })).Is(201);
        (await head.Put($"roles/{less.Id}", new { title = "Less", permissions = new[] { "queue.serve" } })).Refuses(403, "role.not-yours");
        (await head.Post("keys", new { name = "Less", permissions = new[] { "queue.read" } })).Is(201);
        var serving = await clinic.OwnRole("Serving", "queue.serve");
        (await head.Put($"roles/{serving.Id}", new { title = "Serving", permissions = new[] { "queue.read" } })).Refuses(403, "role.not-yours");
        (await head.Delete($"roles/{serving.Id}")).Refuses(403, "role.not-yours");
    }

    [Fact]
    public async Task an_administrator_gives_every_standard_role_of_a_clinic_and_it_is_logged()
    {
        var clinic = await server.NewClinic();
        foreach (var role in (string[])["org.admin", "clinic.owner", "clinic.receptionist", "clinic.doctor", "clinic.nurse", "clinic.lab", "clinic.radiology", "clinic.pharmacist", "clinic.ivf", "clinic.embryologist"])
            (await clinic.Admin.Post("invitations", Invitation(role))).Is(201);
        Assert.Equal(10, (await clinic.Audit("staff.invite")).Count);
        foreach (var role in (string[])["platform.owner", "platform.support", "person", "program", "clinic.display", "assoc.member", "assist.provider"])
            (await clinic.Admin.Post("invitations", Invitation(role))).RefusesField("roles");
        await clinic.OwnRole("Serving", "queue.serve", "clinic.break-glass"); // nor do they hold these, but a standard role that they may give does
    }

    [Fact]
    public async Task a_lower_hand_cannot_replace_the_invitation_of_a_higher_one()
    {
        var clinic = await server.NewClinic();
        var head = await HeadOfDesk(clinic);
        var invited = new { name = "N N", email = $"n.{clinic.Slug}@example.org", roles = new[] { "org.admin" } };
        (await clinic.Admin.Post("invitations", invited)).Is(201);
        (await head.Post("invitations", invited with { roles = ["clinic.receptionist"] })).Refuses(403, "role.not-yours");
    }
}
