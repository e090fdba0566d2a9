using System.Data;
using System.Data.Common;
using Microsoft.EntityFrameworkCore;

namespace Salus.Kernel.Data;

/// <summary>Plain SQL for the few reads where building a query costs more than running it.</summary>
public static class PlainSql
{
    /// <summary>
    /// Reads rows of the organisation in reach. No filter is added: the statement itself must compare with <c>@organisation</c>, whose value is given here.
    /// </summary>
    /// <param name="row">Makes a row from the reader, which stands on it.</param>
    public static async Task<List<T>> ReadOwned<T>(this SalusDb db, string sql, IEnumerable<(string Name, object? Value)> values, Func<DbDataReader, T> row, CancellationToken ct)
    {
        if (!sql.Contains("\"OrganisationId\" = @organisation", StringComparison.Ordinal)) throw new ArgumentException("Rows of every organisation would be read.", nameof(sql));
        var connection = db.Database.GetDbConnection();
        var opened = connection.State != ConnectionState.Open;
        if (opened) await connection.OpenAsync(ct);
        try
        {
            await using var command = connection.CreateCommand();
            command.CommandText = sql;
            command.Transaction = db.Database.CurrentTransaction?.GetDbTransactionOf();
            command.Add("organisation", db.Provider.Id(db.OrganisationId));
            foreach (var (name, value) in values) command.Add(name, value);
            await using var reader = await command.ExecuteReaderAsync(ct);
            var rows = new List<T>();
            while (await reader.ReadAsync(ct)) rows.Add(row(reader));
            return rows;
        }
        finally { if (opened) await connection.CloseAsync(); }
    }
}
