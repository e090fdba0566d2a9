using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Salus.Cli.DemoData;
using Salus.Kernel;
using Salus.Kernel.Data;

namespace Salus.Cli;

/// <summary>
/// A believable clinic in mid-morning. The clock is moved so that it is 10:40 there; when that day is over, the next
/// <c>demo</c> begins a new one. It never touches a data folder that it did not fill itself.
/// </summary>
public static class Demo
{
    private static readonly TimeOnly Start = new(10, 40), End = new(17, 0);

    public static async Task<int> Run(Settings read, CancellationToken ct)
    {
        var settings = read with { Mode = Mode.Demo, Clock = "", SignInLimit = RateLimit.Parse("sign-in", "1000/min"), SearchLimit = RateLimit.Parse("search", "1000/min") };
        var mark = Path.Combine(settings.Data, "demo-clock");
        if (!settings.IsSqlite) throw new Refusal(409, "demo.database", "The demo keeps its data in SQLite; unset SALUS_DATABASE.");
        var isFilled = File.Exists(Path.Combine(settings.Data, "salus.db"));
        if (isFilled && !File.Exists(mark)) throw new Refusal(409, "demo.folder", "{0} holds the data of a real installation. Set SALUS_DATA to another folder.", settings.Data);
        var zone = TimeZoneInfo.FindSystemTimeZoneById(DemoClinic.Zone);
        var offset = isFilled ? ReadOffset(mark) : null;
        if (offset is { } kept && IsOver(kept, zone, mark))
        {
            foreach (var file in Directory.GetFiles(settings.Data, "salus.db*")) File.Delete(file);
            (isFilled, offset) = (false, null);
        }
        offset ??= OffsetTo(Start, zone);
        Directory.CreateDirectory(settings.Data);
        settings = settings with { Clock = string.Create(CultureInfo.InvariantCulture, $"{offset.Value.TotalSeconds:F0}s") };
        await using var app = SalusApp.Build(settings);
        if (!isFilled) await Fill(app, mark, offset.Value, ct);
        await Serve.Start(app, settings, ct);
        Print(settings, mark);
        await app.WaitForShutdownAsync(ct);
        return 0;
    }

    private static async Task Fill(WebApplication app, string mark, TimeSpan offset, CancellationToken ct)
    {
        Console.WriteLine("Filling the data folder with a clinic …");
        var database = app.Services.GetRequiredService<Database>();
        await database.Migrate(ct);
        var clock = app.Services.GetRequiredService<TimeProvider>();
        var secret = await DemoClinic.Fill(app.Services, database, clock.Now(), ct);
        await File.WriteAllTextAsync(mark, string.Create(CultureInfo.InvariantCulture, $"{offset.TotalSeconds:F0}\n{clock.Today(TimeZoneInfo.FindSystemTimeZoneById(DemoClinic.Zone)):yyyy-MM-dd}\n{secret}\n"), ct);
    }

    private static TimeSpan OffsetTo(TimeOnly time, TimeZoneInfo zone) => time.ToTimeSpan() - DateTime.UtcNow.In(zone).TimeOfDay;

    private static TimeSpan? ReadOffset(string mark) => TimeSpan.FromSeconds(double.Parse(File.ReadAllLines(mark)[0], CultureInfo.InvariantCulture));

    private static bool IsOver(TimeSpan offset, TimeZoneInfo zone, string mark)
    {
        var now = (DateTime.UtcNow + offset).In(zone);
        return DateOnly.FromDateTime(now).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) != File.ReadAllLines(mark)[1] || TimeOnly.FromDateTime(now) > End;
    }

    private static void Print(Settings settings, string mark)
    {
        Console.WriteLine($"""

            A clinic at work: {settings.BaseUrl}   (it is {Start:HH\:mm} there, with made-up people)

              reception@aurora.example   receptionist: the desk
              luca@aurora.example        doctor
              nadia@aurora.example       doctor
              nurse@aurora.example       nurse; lab@, radiology@ and pharmacist@ work there too
              admin@aurora.example       administrator of the clinic
              owner@aurora.example       owner of the installation
              password for all of them   {DemoClinic.Password}

              waiting-room screen        {settings.BaseUrl}/display/{File.ReadAllLines(mark)[2]}
              mail                       {settings.BaseUrl}/mailbox

            Ctrl+C ends it.
            """);
    }
}
