using Npgsql;

namespace Salus.Tests.Support;

/// <summary>
/// Where a test server keeps its rows: a SQLite file in its own folder or, when <c>SALUS_TEST_DATABASE</c> names a
/// PostgreSQL server, a fresh database there. Both are gone when the tests are over.
/// </summary>
public sealed class TestDatabase : IAsyncDisposable
{
    public static string Server { get; } = Environment.GetEnvironmentVariable("SALUS_TEST_DATABASE") ?? "";
    public static bool IsPostgres => Server.Length > 0;

    private TestDatabase(string connection, string name)
    {
        (Connection, Name) = (connection, name);
        TestKeys.Give(Folder);
    }

    /// <summary>Empty: SQLite.</summary>
    public string Connection { get; }
    private string Name { get; }
    public string Folder { get; } = Directory.CreateDirectory(Path.Combine(Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath(), "salus-test-" + Guid.NewGuid().ToString("N")[..12])).FullName;

    public static async Task<TestDatabase> Make()
    {
        if (!IsPostgres) return new("", "");
        var name = "salus_test_" + Guid.NewGuid().ToString("N")[..12];
        await OnServer($"CREATE DATABASE {name}");
        return new(new NpgsqlConnectionStringBuilder(Server) { Database = name, MaxPoolSize = 30 }.ToString(), name);
    }

    private static async Task OnServer(string sql)
    {
        await using var connection = new NpgsqlConnection(Server);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (IsPostgres) await OnServer($"DROP DATABASE IF EXISTS {Name} WITH (FORCE)");
        if (Directory.Exists(Folder)) Directory.Delete(Folder, recursive: true);
    }
}
