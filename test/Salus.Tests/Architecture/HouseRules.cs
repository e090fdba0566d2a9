using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Salus.Kernel;

namespace Salus.Tests.Architecture;

/// <summary>The walls of the house, read from the sources.</summary>
public sealed partial class HouseRules(SalusServer server)
{
    // From the ground up; a module may name those below it. Discovery and Assistance may also name Clinic.
    private static readonly Dictionary<string, int> Floor = new()
    {
        ["Accounts"] = 0, ["Organisations"] = 1, ["Files"] = 2, ["Notifications"] = 2, ["Payments"] = 3, ["Messaging"] = 3, ["Moderation"] = 3,
        ["Clinic"] = 4, ["Discovery"] = 4, ["Assistance"] = 4, ["Association"] = 4, ["Insights"] = 5, ["Operations"] = 5,
    };

    private static readonly HashSet<(string From, string To)> AlsoAllowed =
    [
        ("Discovery", "Clinic"), ("Assistance", "Clinic"),
    ];

    [GeneratedRegex(@"Salus\.Modules\.(\w+)((?:\.\w+)*)")]
    private static partial Regex Named();

    internal static string Root { get; } = FindRoot();

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Salus.slnx"))) folder = folder.Parent!;
        return folder.FullName;
    }

    private static IEnumerable<string> Sources(string below, params string[] endings) =>
        Directory.EnumerateFiles(Path.Combine(Root, below), "*", SearchOption.AllDirectories)
            .Where(f => endings.Contains(Path.GetExtension(f)) && !Regex.IsMatch(f, @"[\\/](obj|bin|node_modules|Migrations|lib)[\\/]"));

    private static string Short(string file) => Path.GetRelativePath(Root, file).Replace('\\', '/');

    [Fact]
    public void a_module_names_another_only_through_its_contract_and_only_downward()
    {
        var faults = new List<string>();
        foreach (var file in Sources("src/Salus/Modules", ".cs", ".razor"))
        {
            var own = Short(file).Split('/')[3];
            foreach (Match match in Named().Matches(File.ReadAllText(file)))
            {
                var other = match.Groups[1].Value;
                if (other == own) continue;
                if (!match.Groups[2].Value.StartsWith(".Contract", StringComparison.Ordinal)) faults.Add($"{Short(file)} names {match.Value}");
                if (Floor[other] >= Floor[own] && !AlsoAllowed.Contains((own, other))) faults.Add($"{Short(file)} reaches up to {match.Value}");
            }
        }
        Assert.True(faults.Count == 0, string.Join('\n', faults));
    }

    [Fact]
    public void the_kernel_names_no_module()
    {
        var faults = Sources("src/Salus/Kernel", ".cs", ".razor").Where(f => Named().IsMatch(File.ReadAllText(f))).Select(Short).ToList();
        Assert.True(faults.Count == 0, string.Join('\n', faults));
    }

    [Fact]
    public void no_file_is_longer_than_three_hundred_lines()
    {
        var faults = Sources("src", ".cs", ".razor", ".css", ".js").Concat(Sources("test", ".cs", ".js")).Concat(Sources("tools", ".cs"))
            .Select(f => (File: Short(f), Lines: File.ReadLines(f).Count())).Where(f => f.Lines > 300).Select(f => $"{f.File}: {f.Lines}").ToList();
        Assert.True(faults.Count == 0, string.Join('\n', faults));
    }

    [Fact]
    public void every_use_case_has_an_action_that_is_registered_with_a_sentence()
    {
        var actions = server.Salus.Services.GetRequiredService<Salus.Kernel.Modules>().AuditActions;
        foreach (var type in SalusApp.UseCaseTypes())
        {
            var action = type.GetField("Action")?.GetRawConstantValue() as string;
            Assert.True(action is not null && actions.TryGetValue(action, out var known) && known.Sentence.Length > 0, $"{type.Name}: {action}");
            using var scope = server.Salus.Services.CreateScope();
            var name = type.GetProperty("Name", System.Reflection.BindingFlags.NonPublic | System.Reflection.BindingFlags.Instance)!;
            Assert.Equal(action, name.GetValue(scope.ServiceProvider.GetRequiredService(type)));
        }
    }

    [Fact]
    public void every_use_case_is_named_in_a_test()
    {
        var tests = string.Join('\n', Sources("test/Salus.Tests", ".cs").Where(f => !f.Contains("HouseRules", StringComparison.Ordinal)).Select(File.ReadAllText));
        var untested = SalusApp.UseCaseTypes().Select(t => t.Name).Where(n => !Regex.IsMatch(tests, $@"\b{n}\b")).ToList();
        Assert.True(untested.Count == 0, string.Join('\n', untested));
    }

    [Fact]
    public void the_filter_of_organisations_is_lifted_only_where_the_list_says_why()
    {
        string[] allowed =
        [
            "src/Salus/Modules/Clinic/Encounters/EncounterTopics.cs", // finds whose visit it is, then asks for the right there
            "src/Salus/Modules/Clinic/Queue/CallNext.cs", // the queue was found through the filter; EF cannot wrap FOR UPDATE
            "src/Salus/Modules/Clinic/Queue/PhoneTicket.cs", // the code in the link is the authority
            "src/Salus/Modules/Clinic/Queue/Topics.cs", // finds whose queue it is, then asks for the right there
            "src/Salus/Modules/Files/FileCare.cs", // works for all organisations; each row is written under its own
            "src/Salus/Modules/Files/FileVerifier.cs", // at the command line, over all of them; shows ids only
            "src/Salus/Modules/Files/FileWork.cs", // works for all organisations; each row is written under its own
            "src/Salus/Modules/Organisations/AcceptInvitation.cs", // the secret in the link is the authority
            "src/Salus/Modules/Organisations/Contract/MembershipReader.cs", // decides who calls and which organisation is in reach
            "src/Salus/Modules/Organisations/MembershipsOf.cs", // one's own memberships everywhere
            "src/Salus/Modules/Organisations/OrganisationPages.cs", // the secret in the display's link is the authority
            "src/Salus/Modules/Payments/Online/CheckoutCare.cs", // works for all organisations; each row is written under its own
            "src/Salus/Modules/Payments/Online/PayPages.cs", // finds whose payment a provider's notice is about, and writes under that organisation
        ];
        Assert.Equal(allowed, Sources("src", ".cs", ".razor").Where(f => File.ReadAllText(f).Contains("IgnoreQueryFilters", StringComparison.Ordinal)).Select(Short).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void sql_is_put_together_from_text_only_where_the_parts_are_constants()
    {
        string[] allowed = ["src/Salus/Kernel/Audit/AuditSealer.cs", "src/Salus/Kernel/Data/Sqlite.cs", "src/Salus/Modules/Clinic/Fhir/Types/Patients.cs", "src/Salus/Modules/Clinic/Orders/Lists/CodeSearch.cs", "src/Salus/Modules/Clinic/Patients/LikelyDuplicates.cs", "src/Salus/Modules/Clinic/Patients/PatientSearch.cs", "src/Salus/Modules/Clinic/Queue/CallNext.cs"];
        var found = Sources("src", ".cs").Where(f => Regex.IsMatch(File.ReadAllText(f), @"(SqlRaw|SqlRawAsync|SqlQueryRaw|ReadOwned)(<\w+>)?\(\s*\$")).Select(Short).Order(StringComparer.Ordinal);
        Assert.Equal(allowed, found);
    }

    [Fact]
    public void SE_20_every_test_that_the_security_page_names_exists()
    {
        var tests = string.Join('\n', Sources("test", ".cs").Select(File.ReadAllText));
        var named = System.Text.RegularExpressions.Regex.Matches(File.ReadAllText(Path.Combine(Root, "docs", "security.md")), "`([A-Za-z0-9]+(?:_[A-Za-z0-9]+){3,})`").Select(m => m.Groups[1].Value).ToList();
        Assert.True(named.Count > 30, $"{named.Count} tests are named");
        Assert.All(named, n => Assert.Contains($" {n}(", tests, StringComparison.Ordinal));
    }

    [Fact]
    public void DE_04_the_documentation_and_the_example_list_every_setting_and_no_other()
    {
        var file = Path.Combine(Root, "docs/operations.md");
        Assert.NotEmpty(Settings.Described);
        Assert.All(Settings.Described, s => Assert.NotEmpty(s.Setting.About));
        var listed = Regex.Matches(File.ReadAllText(file), @"^\|\s*`(SALUS_\w+)`", RegexOptions.Multiline).Select(m => m.Groups[1].Value).Order(StringComparer.Ordinal);
        Assert.Equal(Settings.Described.Select(s => s.Setting.Name).Order(StringComparer.Ordinal), listed);
        var example = Regex.Matches(File.ReadAllText(Path.Combine(Root, "env.example")), @"^#?\s*(SALUS_\w+)=", RegexOptions.Multiline).Select(m => m.Groups[1].Value).ToHashSet();
        example.ExceptWith(["SALUS_ADMIN_EMAIL", "SALUS_ADMIN_NAME", "SALUS_ADMIN_PASSWORD"]); // those of one command
        Assert.Empty(example.Except(Settings.Described.SelectMany(s => (string[])[s.Setting.Name, s.Setting.Name + "_FILE"])));
        Assert.Empty(Settings.Described.Select(s => s.Setting.Name).Except(example.Select(name => name.EndsWith("_FILE", StringComparison.Ordinal) ? name[..^5] : name)).Except(example));
    }
}
