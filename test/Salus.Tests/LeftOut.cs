namespace Salus.Tests;

/// <summary>Says aloud, in every summary, what a plain run did not do.</summary>
public sealed class LeftOut
{
    [Fact]
    public void the_suite_ran_on_PostgreSQL() =>
        Assert.SkipUnless(TestDatabase.IsPostgres, "LEFT OUT: this run was on SQLite only. eng/test runs PostgreSQL too, or set SALUS_TEST_DATABASE to a server's connection string.");

    [Fact]
    public void printed_documents_were_read() => Assert.SkipUnless(Paper.CanBeRead, Paper.Missing);
}
