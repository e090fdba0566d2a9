using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;
using Microsoft.EntityFrameworkCore.Design.Internal;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.EntityFrameworkCore.Migrations.Design;
using Microsoft.Extensions.DependencyInjection;
using Salus.Kernel.Data;

// add <Name> <folder of src/Salus>: scaffolds the same change for both databases. check: fails when the model is ahead of the migrations.
var contexts = new (string Folder, DbContext Context)[]
{
    ("Sqlite", new SqliteDb(new DbContextOptionsBuilder<SqliteDb>().UseSqlite("Data Source=:memory:").Options)),
    ("Postgres", new PostgresDb(new DbContextOptionsBuilder<PostgresDb>().UseNpgsql("Host=localhost").Options)),
};
if (args is ["check"])
{
    var behind = contexts.Where(c => c.Context.Database.HasPendingModelChanges()).Select(c => c.Folder).ToList();
    Console.WriteLine(behind.Count == 0 ? "Both migration sets are up to date." : $"The model has changes without a migration: {string.Join(", ", behind)}. Run eng/migration Name.");
    return behind.Count == 0 ? 0 : 1;
}
if (args is not ["add", var name, var root])
{
    Console.Error.WriteLine("usage: Migrate add <Name> <src/Salus> | check");
    return 2;
}
foreach (var (folder, context) in contexts)
{
    var services = new ServiceCollection().AddEntityFrameworkDesignTimeServices().AddDbContextDesignTimeServices(context);
    // The provider's own design-time services know its column types.
    var provider = context.Database.ProviderName == "Npgsql.EntityFrameworkCore.PostgreSQL"
        ? (IDesignTimeServices)new Npgsql.EntityFrameworkCore.PostgreSQL.Design.Internal.NpgsqlDesignTimeServices()
        : new Microsoft.EntityFrameworkCore.Sqlite.Design.Internal.SqliteDesignTimeServices();
    provider.ConfigureDesignTimeServices(services);
    var scaffolder = services.BuildServiceProvider().CreateScope().ServiceProvider.GetRequiredService<IMigrationsScaffolder>();
    var migration = scaffolder.ScaffoldMigration(name, "Salus", $"Kernel.Data.Migrations.{folder}");
    var target = Path.Combine(root, "Kernel", "Data", "Migrations", folder);
    scaffolder.Save(root, migration, target, dryRun: false);
    Console.WriteLine($"{folder}: {migration.MigrationId}");
}
return 0;
