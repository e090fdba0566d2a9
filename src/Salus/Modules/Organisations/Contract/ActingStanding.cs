using System.Collections.Frozen;
using Salus.Kernel;

namespace Salus.Modules.Organisations.Contract;

/// <summary>The standing of a session that acts in another role. It ends with its ground: with the support access, or with the right to give roles.</summary>
internal static class ActingStanding
{
    public static Standing Of(Standing own, ActingSession acting, Bundles bundles, IReadOnlyCollection<OwnRole> roles, DateTime now)
    {
        var isReadOnly = acting.Kind == ActingKind.SeeAs && !own.Roles.Contains(acting.Role);
        var actual = acting.Kind == ActingKind.SeeAs ? own.Roles : [own.IsPlatformOwner ? Role.PlatformOwner : Role.PlatformSupport];
        var seen = new Acting(acting.OrganisationId, acting.Role, actual, isReadOnly, acting.EndsAt);
        if (own.Organisation?.Id != acting.OrganisationId) return own with { Acting = seen };
        if (!HasGround(own, acting, bundles.Of(acting.Role, roles), now)) return own;
        return own with { IsMember = true, Roles = [acting.Role], Permissions = bundles.Of(acting.Role, roles), Acting = seen };
    }

    private static bool HasGround(Standing own, ActingSession acting, FrozenSet<string> allows, DateTime now) => acting.Kind switch
    {
        ActingKind.Support => (own.IsPlatformOwner || own.IsPlatformSupport) && own.Organisation!.SupportUntil > now && own.Organisation.SupportRole == acting.Role,
        _ => own.IsMember && own.Permissions.Contains(OrganisationPermissions.ManageStaff)
            && (own.Permissions.Contains(OrganisationPermissions.GrantStandardRoles) || allows.IsSubsetOf(own.Permissions)),
    };
}
