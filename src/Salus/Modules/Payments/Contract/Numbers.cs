using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Salus.Kernel.Data;

namespace Salus.Modules.Payments.Contract;

/// <summary>Papers that are numbered.</summary>
public enum DocumentKind { Invoice, Receipt, CreditNote, Statement, Refund, Claim }

/// <summary>
/// Numbers of papers without a gap: per organisation, kind and year, taken in the transaction that writes what they are for. If that does not commit, neither
/// does the number. Whoever takes one is alone with it until the commit; it is therefore the last thing a booking asks for.
/// </summary>
public static class Numbers
{
    /// <summary>Such as <c>INV-2026-0001</c>; the year is that of the organisation's own day.</summary>
    public static async Task<string> Next(SalusDb db, DocumentKind kind, DateOnly day, CancellationToken ct)
    {
        var number = await Database.Next(db, Scope(kind, day), 1, ct);
        return string.Create(CultureInfo.InvariantCulture, $"{Prefix(kind)}-{day.Year}-{number:0000}");
    }

    /// <summary>Takes none, but until the commit nobody else gets one either.</summary>
    internal static async Task Hold(SalusDb db, DocumentKind kind, DateOnly day, CancellationToken ct)
    {
        var scope = Scope(kind, day);
        await db.Database.ExecuteSqlAsync($"""
            INSERT INTO kernel_counters ("OrganisationId", "Scope", "Value") VALUES ({db.OrganisationId}, {scope}, 0)
            ON CONFLICT ("OrganisationId", "Scope") DO UPDATE SET "Value" = kernel_counters."Value"
            """, ct);
    }

    private static string Scope(DocumentKind kind, DateOnly day) => string.Create(CultureInfo.InvariantCulture, $"payments:{kind}:{day.Year}");

    private static string Prefix(DocumentKind kind) => kind switch { DocumentKind.Invoice => "INV", DocumentKind.Receipt => "REC", DocumentKind.CreditNote => "CRN", DocumentKind.Statement => "STM", DocumentKind.Claim => "CLM", _ => "REF" };
}
