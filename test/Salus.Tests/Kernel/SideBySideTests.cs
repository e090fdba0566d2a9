using System.Diagnostics;
using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Kernel.Data;
using Salus.Modules.Clinic.Patients;

namespace Salus.Tests;

/// <summary>A command beside the running program, on the same data.</summary>
public sealed class SideBySideTests
{
    [Fact]
    public async Task a_command_beside_the_running_program_takes_nothing_away_from_it()
    {
        await using var own = await OwnServer.Start();
        var clinic = await Clinic.Make(own.Salus);
        await clinic.Register("Anna Before");
        await own.Salus.Database.Migrate(); // as the demo does, which is filled before it is served
        await Succeeds("dotnet", [Path.Combine(AppContext.BaseDirectory, "salus.dll"), "audit", "verify"], own.Salus.Settings);
        await clinic.Register("Anna After");
        (await clinic.Receptionist.Get("patients?q=anna")).Is(200);
        if (TestDatabase.IsPostgres) return;
        // What another program finds on the disk is what was answered.
        var folder = Directory.CreateTempSubdirectory("salus-copy-").FullName;
        try
        {
            foreach (var file in Directory.GetFiles(own.Folder, "salus.db*").Where(f => !f.EndsWith("-shm", StringComparison.Ordinal))) await Succeeds("cp", [file, folder], own.Salus.Settings);
            await using var copy = new SqliteDatabase(Path.Combine(folder, "salus.db"));
            await using var db = copy.Open(clinic.Id);
            Assert.Equal(["Anna After", "Anna Before"], await db.Patients.Select(p => p.Name).Order().ToListAsync());
        }
        finally { Directory.Delete(folder, recursive: true); }
    }

    private static async Task Succeeds(string program, IEnumerable<string> words, Settings settings)
    {
        var start = new ProcessStartInfo(program, words) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = "/" };
        (start.Environment["SALUS_DATA"], start.Environment["SALUS_DATABASE"], start.Environment["SALUS_MODE"]) = (settings.Data, settings.Database, "development");
        using var process = Process.Start(start)!;
        var said = await Task.WhenAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, $"{program} ended with {process.ExitCode}: {string.Concat(said)}");
    }
}
