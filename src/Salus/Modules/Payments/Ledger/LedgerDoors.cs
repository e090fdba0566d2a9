using Salus.Modules.Payments.Contract;
using Salus.Web;

namespace Salus.Modules.Payments.Ledger;

/// <summary>The proofs of the ledger over HTTP.</summary>
public static class LedgerDoors
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        var api = routes.Api("Money");
        api.MapGet("/ledger/proofs", (LedgerProofs read, CancellationToken ct) => read.Run(new(), ct)).Requires(PaymentPermissions.Reconcile).Describe("listLedgerProofs", "When the ledger was proven last, and how many faults were found");
    }
}
