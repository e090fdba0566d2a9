using Salus.Modules.Payments.Contract;

namespace Salus.Modules.Clinic.Billing.Claims;

/// <summary>What <c>salus ledger verify</c> proves of claims.</summary>
internal static class ClaimChecks
{
    // The same for each state as Claim.Outstanding.
    private const string Outstanding = """CASE WHEN c."State" IN ('Draft', 'Submitted') THEN c."Amount" WHEN c."State" = 'Approved' THEN c."Approved" ELSE 0 END""";

    public static readonly IReadOnlyList<LedgerCheck> All =
    [
        new("transaction {0} names no claim that is paid", """
            SELECT CAST(t."Id" AS text) AS "Value" FROM payments_transactions t
            WHERE t."CauseKind" = 'claim' AND NOT EXISTS (SELECT 1 FROM clinic_claims c WHERE c."Id" = t."CauseId" AND c."OrganisationId" = t."OrganisationId" AND c."State" = 'Paid') LIMIT 20
            """),
        new("what an insurer owes by claim {0} is not what the ledger says", $"""
            SELECT CAST(c."Id" AS text) AS "Value" FROM clinic_claims c LEFT JOIN (SELECT "OwnerId", SUM("Amount") AS s FROM payments_entries WHERE "Account" = 'Insurance' GROUP BY "OwnerId") e ON e."OwnerId" = c."Id"
            WHERE COALESCE(e.s, 0) <> {Outstanding} LIMIT 20
            """),
        new("entry {0} is owed by an insurer, but by no claim", """
            SELECT CAST(e."Seq" AS text) AS "Value" FROM payments_entries e
            WHERE e."Account" = 'Insurance' AND NOT EXISTS (SELECT 1 FROM clinic_claims c WHERE c."Id" = e."OwnerId" AND c."OrganisationId" = e."OrganisationId" AND c."Currency" = e."Currency") LIMIT 20
            """),
        new("claim {0} is not what the payments of its insurer say", $"""
            SELECT CAST(c."Id" AS text) AS "Value" FROM clinic_claims c LEFT JOIN
              (SELECT g."GroupId", SUM(x."Amount" - x."Refunded") AS s FROM payments_parts x JOIN payments_payments p ON p."Id" = x."PaymentId" JOIN payments_charges g ON g."Id" = x."ChargeId" WHERE p."Method" = 'Insurance' GROUP BY g."GroupId") y ON y."GroupId" = c."EncounterId"
            WHERE c."State" IN ('Draft', 'Submitted', 'Approved') AND COALESCE(y.s, 0) <> {Outstanding} LIMIT 20
            """),
        new("claim {0} is not the sum of its lines", """
            SELECT CAST(c."Id" AS text) AS "Value" FROM clinic_claims c LEFT JOIN (SELECT "ClaimId", SUM("Amount") AS s, SUM("Approved") AS a FROM clinic_claim_lines GROUP BY "ClaimId") l ON l."ClaimId" = c."Id"
            WHERE (c."State" <> 'Draft' AND COALESCE(l.s, -1) <> c."Amount") OR COALESCE(l.a, 0) <> c."Approved" LIMIT 20
            """),
        new("claim {0} and the coverage it comes from say different things", """
            SELECT CAST(v."Id" AS text) AS "Value" FROM clinic_coverages v LEFT JOIN clinic_claims c ON c."CoverageId" = v."Id"
            WHERE (v."State" = 'Approved' AND (c."Id" IS NULL OR c."State" = 'Rejected')) OR (v."State" = 'Rejected' AND c."State" <> 'Rejected') OR (v."State" = 'Pending' AND c."Id" IS NOT NULL) LIMIT 20
            """),
        LedgerCheck.Gap(DocumentKind.Claim, "clinic_claims"),
    ];
}
