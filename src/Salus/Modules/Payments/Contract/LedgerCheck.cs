namespace Salus.Modules.Payments.Contract;

/// <summary>
/// One more proof of the ledger, by a module whose rows stand behind some of its entries; registered as a service. It runs with the others, in the same moment.
/// </summary>
/// <param name="What">The fault as a sentence; <c>{0}</c> is the row.</param>
/// <param name="Sql">Names the rows that are wrong, at most twenty, in a text column <c>"Value"</c>. The same text on both databases.</param>
public sealed record LedgerCheck(string What, string Sql)
{
    /// <summary>As many papers of a year as numbers were given out: together with the unique index that means no gap.</summary>
    public static LedgerCheck Gap(DocumentKind kind, string table) => new("the numbers of {0} have a gap", $"""
        SELECT k."Scope" AS "Value" FROM kernel_counters k WHERE k."Scope" LIKE 'payments:{kind}:%' AND k."Value" <>
          (SELECT COUNT(*) FROM {table} p WHERE p."OrganisationId" = k."OrganisationId" AND p."Number" LIKE '___-' || substr(k."Scope", {kind.ToString().Length + 11}) || '-%') LIMIT 20
        """);
}
