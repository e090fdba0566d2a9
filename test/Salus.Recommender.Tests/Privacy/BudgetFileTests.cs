using Salus.Recommender.Privacy;

namespace Salus.Recommender.Tests.Privacy;

/// <summary>The ledger that outlives the program.</summary>
public sealed class BudgetFileTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("salus-budget-").FullName;

    private string Place => Path.Combine(folder, "budget.tsv");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private BudgetFile Open(double? epsilon = null, double delta = 0) => new(Place, epsilon, delta);

    private static string Fault(Action act) => Assert.Throws<RecommenderException>(act).Code;

    [Fact]
    public void What_was_spent_is_still_spent_when_the_file_is_opened_again()
    {
        using (var file = new BudgetFile(Place, 1, 1e-6))
        {
            file.Budget.Spend("first", 0.3, 1e-7);
            file.Keep();
            file.Budget.Spend("second", 0.2);
            file.Keep();
            // Nobody else can spend meanwhile.
            Assert.Throws<IOException>(() => Open());
        }
        using (var file = new BudgetFile(Place))
        {
            Assert.Equal((1, 1e-6, 0.5), (file.Budget.Epsilon, file.Budget.Delta, file.Budget.EpsilonLeft));
            Assert.Equal([("first", 0.3, 1e-7), ("second", 0.2, 0)], file.Budget.Ledger.Select(e => (e.Release, e.Epsilon, e.Delta)));
            Assert.Equal(Faults.BudgetSpent, Fault(() => file.Budget.Spend("third", 0.6)));
        }
        Assert.Equal(3, File.ReadAllLines(Place).Length);
    }

    [Fact]
    public void A_budget_is_begun_once_and_never_made_another()
    {
        Assert.Equal(Faults.Empty, Fault(() => Open()));
        Assert.Equal(Faults.Range, Fault(() => Open(double.NaN)));
        Assert.False(File.Exists(Place));
        using (new BudgetFile(Place, 1)) { }
        Assert.Equal(Faults.Range, Fault(() => Open(2)));
        Assert.Equal(Faults.Range, Fault(() => Open(1, 0.1)));
        using (new BudgetFile(Place, 1)) { }
        Assert.Equal(["budget\t1\t0"], File.ReadAllLines(Place));
    }

    [Theory]
    [InlineData("budget\t1\t0\n2026-01-01T00:00:00.0000000+00:00\tx\t0.3")]
    [InlineData("budget\t1\t0\n2026-01-01T00:00:00.0000000+00:00\tx\t0.3\t0\nnonsense\n")]
    [InlineData("budget\t1\t0\n2026-01-01T00:00:00.0000000+00:00\tx\tmuch\t0\n")]
    [InlineData("2026-01-01T00:00:00.0000000+00:00\tx\t0.3\t0\n")]
    [InlineData("budget\t1")]
    public void A_line_that_cannot_be_read_is_not_passed_over(string text)
    {
        File.WriteAllText(Place, text);
        Assert.Equal(Faults.Malformed, Fault(() => Open()));
        Assert.Equal(text, File.ReadAllText(Place));
    }

    [Fact]
    public void A_release_whose_name_breaks_a_line_is_not_written_down()
    {
        using (var file = new BudgetFile(Place, 1))
        {
            file.Budget.Spend("two\nlines", 0.1);
            Assert.Equal(Faults.Malformed, Fault(file.Keep));
        }
        Assert.Single(File.ReadAllLines(Place));
    }
}
