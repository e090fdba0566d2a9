namespace Salus.BrowserTests;

/// <summary>What a screen says when the server is away; and that the program ends and starts cleanly under open pages.</summary>
public sealed class StaleTests(DemoServer demo)
{
    [Fact]
    public async Task The_board_says_since_when_it_is_stale_and_recovers_by_itself()
    {
        var board = await (await demo.Browser()).NewPageAsync();
        await board.GotoAsync(demo.DisplayPath);
        await Assertions.Expect(board.Locator(".board-waiting li").First).ToBeVisibleAsync();
        Assert.Equal(0, await demo.Stop());
        await Assertions.Expect(board.Locator("#stale")).ToContainTextAsync("Not up to date: no connection since", new() { Timeout = 40_000 });
        await Assertions.Expect(board.Locator(".board-waiting li").First).ToBeVisibleAsync();
        await demo.Start();
        await Assertions.Expect(board.Locator("#stale")).ToBeHiddenAsync(new() { Timeout = 40_000 });
    }
}
