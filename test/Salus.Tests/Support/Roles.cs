namespace Salus.Tests.Support;

/// <summary>Short words for roles and keys in tests.</summary>
public static class Roles
{
    /// <summary>An own role of the clinic, made by its administrator.</summary>
    public static async Task<Answer> OwnRole(this Clinic clinic, string title, params string[] permissions) => (await clinic.Admin.Post("roles", new { title, permissions })).Is(201);

    /// <summary>A person with an own role made of these permissions.</summary>
    public static async Task<Caller> HireWith(this Clinic clinic, string name, params string[] permissions)
    {
        var role = await clinic.OwnRole(name, permissions);
        await clinic.Hire(name, role["key"].GetString()!);
        return clinic.As(name);
    }

    /// <summary>A program with a key of these permissions, and the key's id.</summary>
    public static async Task<(Caller Program, Guid Id)> Program(this Clinic clinic, params string[] permissions)
    {
        var added = (await clinic.Admin.Post("keys", new { name = "Laboratory link", permissions })).Is(201);
        return (new Caller(clinic.Salus.Http, "key_" + added["secret"].GetString(), clinic.Slug), added.Id);
    }

    public static async Task<Guid> MembershipOf(this Clinic clinic, string name) =>
        (await clinic.Admin.Get("staff")).Is(200)["staff"].EnumerateArray().First(s => s.Id("accountId") == clinic.Account(name).Id).Id("membershipId");
}
