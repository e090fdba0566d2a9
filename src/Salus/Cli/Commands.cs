using System.CommandLine;
using Salus.Kernel;

namespace Salus.Cli;

/// <summary>The command line. Without a command the program serves.</summary>
public static class Commands
{
    public static Task<int> Run(string[] args)
    {
        var root = new RootCommand("Salus: one program for a clinic and the community around it. Settings are SALUS_* variables; see docs/operations.md.");
        root.SetAction((_, ct) => Serve.Run(ReadSettings(), ct));
        root.Add(Command("serve", "Serve the pages and the API (the default)", (_, ct) => Serve.Run(ReadSettings(), ct)));
        root.Add(Command("demo", "Fill an empty data folder with a clinic in mid-morning, and serve it", (_, ct) => Demo.Run(ReadSettings(), ct)));
        root.Add(Command("migrate", "Bring the database up to date and stop", (_, ct) => Maintenance.Migrate(ReadSettings(), ct)));
        root.Add(Admin());
        root.Add(Audit());
        root.Add(CheckUp());
        root.Add(new Command("files", "Uploaded files") { Command("verify", "Compare every file, here and in remote stores, with its hash; exit code 1 when one is not what it was", (_, ct) => FileCommands.Verify(ReadSettings(), Console.Out, ct)) });
        root.Add(RecommenderCommands.Build());
        root.Add(new Command("ledger", "The ledger of money") { Command("verify", "Prove that the ledger sums to nothing and that every balance and state follows from its entries; exit code 1 when not", (_, ct) => LedgerCommands.Verify(ReadSettings(), Console.Out, ct)) });
        root.Add(new Command("keys", "The keys of access tokens") { Command("rotate", "Make a new key for access tokens; nobody is signed out", (_, ct) => Maintenance.RotateKeys(ReadSettings(), ct)) });
        return Guard(() => root.Parse(args).InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false }));
    }

    private static Command CheckUp()
    {
        var production = new Option<bool>("--production") { Description = "As if SALUS_MODE were production, whatever it is" };
        var check = Command("check", "List what would be wrong in production; exit code 1 when something would stop the start",
            (parsed, ct) => Check.Run(ReadSettings(parsed.GetValue(production) ? Mode.Production : null), ct));
        check.Add(production);
        return check;
    }

    private static Command Admin()
    {
        var email = new Option<string>("--email") { Required = true, Description = "E-mail address, the name to sign in with" };
        var name = new Option<string>("--name") { Required = true, Description = "The person's name" };
        var create = Command("create", "Create an owner of the installation; the password is read from SALUS_ADMIN_PASSWORD or asked for",
            (parsed, ct) => Maintenance.CreateAdmin(ReadSettings(), parsed.GetValue(email)!, parsed.GetValue(name)!, ct));
        create.Add(email);
        create.Add(name);
        var drop = Command("drop-factors", "Take every second factor from an account whose owner lost them all; its sessions end and it is told by mail",
            (parsed, ct) => Maintenance.DropFactors(ReadSettings(), parsed.GetValue(email)!, ct));
        drop.Add(email);
        return new Command("admin", "Accounts that own the installation, and help for those who are shut out") { create, drop };
    }

    private static Command Audit()
    {
        var file = new Option<string?>("--file") { Description = "Check an exported file instead of the database" };
        var verify = Command("verify", "Check the audit log, or an exported file, against its seals",
            (parsed, ct) => parsed.GetValue(file) is { } path ? AuditCommands.VerifyFile(path) : AuditCommands.Verify(ReadSettings(), ct));
        verify.Add(file);
        var days = new Option<int>("--days") { Description = "How many days back, default 7", DefaultValueFactory = _ => 7 };
        var format = new Option<string>("--format") { Description = "json or csv", DefaultValueFactory = _ => "json" };
        format.AcceptOnlyFromAmong("json", "csv");
        var organisation = new Option<string?>("--org") { Description = "The organisation's word in the address; not needed when there is only one" };
        var export = Command("export", "Write patients, visits, queues and the log of the last days to standard output",
            (parsed, ct) => AuditCommands.Export(ReadSettings(), parsed.GetValue(days), parsed.GetValue(format)!, parsed.GetValue(organisation), Console.OpenStandardOutput(), ct));
        export.Add(days);
        export.Add(format);
        export.Add(organisation);
        return new Command("audit", "The audit log") { verify, export };
    }

    private static Command Command(string name, string about, Func<ParseResult, CancellationToken, Task<int>> run)
    {
        var command = new Command(name, about);
        command.SetAction(run);
        return command;
    }

    private static async Task<int> Guard(Func<Task<int>> run)
    {
        try { return await run(); }
        catch (FormatException error) { await Console.Error.WriteLineAsync(error.Message); return 2; }
        catch (Refusal refusal)
        {
            await Console.Error.WriteLineAsync(string.Format(System.Globalization.CultureInfo.InvariantCulture, refusal.Sentence, [.. refusal.Args]));
            foreach (var (field, sentences) in refusal.Errors) await Console.Error.WriteLineAsync($"{field}: {string.Join(' ', sentences)}");
            return 1;
        }
    }

    /// <summary>The data folder is ./data of the source tree when run from there, else ./data of the working directory.</summary>
    public static Settings ReadSettings(Mode? mode = null)
    {
        var settings = Settings.Read(Environment.GetEnvironmentVariable, Path.Combine(SourceRoot() ?? Directory.GetCurrentDirectory(), "data"));
        return mode is { } forced ? settings with { Mode = forced } : settings;
    }

    private static string? SourceRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "Salus.slnx"))) return folder.FullName;
        return null;
    }
}
