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

    [Fact]
    public async Task A_list_is_not_replaced_between_the_press_and_the_release_of_a_button()
    {
        var board = await (await demo.Browser()).NewPageAsync();
        await board.GotoAsync(demo.DisplayPath);
        await board.EvaluateAsync("document.querySelector('#board').firstElementChild.dataset.before = ''");
        await board.Locator(".board-waiting li").First.HoverAsync();
        await board.Mouse.DownAsync();
        await board.EvaluateAsync("new Promise(done => { document.addEventListener('htmx:afterRequest', () => done(), { once: true }); htmx.trigger('#board', 'refresh'); })");
        await Assertions.Expect(board.Locator("[data-before]")).ToHaveCountAsync(1);
        await board.Mouse.UpAsync();
        await Assertions.Expect(board.Locator("[data-before]")).ToHaveCountAsync(0); // and what was held back is fetched by itself
    }
}
