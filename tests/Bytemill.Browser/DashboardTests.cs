using System.Globalization;
using System.Text;
using Bytemill.Pipeline;
using Bytemill.Tokenization;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Bytemill.Browser;

/// <summary>The pages of the dashboard in a real browser, with a cluster that is only told of.</summary>
public sealed class DashboardTests(Chromium chromium) : IClassFixture<Chromium>
{
    private static FakeFeed Feed(int nodes = 6, int tasks = 120, int done = 40) => new(nodes, tasks, done, DateTimeOffset.UtcNow);

    [Theory]
    [InlineData("/", ColorScheme.Light)]
    [InlineData("/", ColorScheme.Dark)]
    [InlineData("/jobs", ColorScheme.Light)]
    [InlineData("/jobs/wiki-32k", ColorScheme.Light)]
    [InlineData("/jobs/wiki-32k", ColorScheme.Dark)]
    [InlineData("/jobs/broken-input", ColorScheme.Dark)]
    [InlineData("/cluster", ColorScheme.Light)]
    [InlineData("/vocabulary?other=other.bytemill", ColorScheme.Light)]
    [InlineData("/playground?other=other.bytemill", ColorScheme.Light)]
    [InlineData("/playground", ColorScheme.Dark)]
    public async Task AnyPage_LightAndDark_IsAccessibleAndAsksNobodyElse(string path, ColorScheme scheme)
    {
        await using DashboardServer server = await DashboardServer.StartAsync(Feed());
        await using WatchedPage page = await chromium.OpenAsync(server.Address, scheme: scheme);
        await page.GoAsync(path);
        await Expect(page.Page.Locator("main .bm-card").First).ToBeVisibleAsync();
        await page.AssertAccessibleAsync();
        await page.AssertCleanAsync();
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/jobs/wiki-32k")]
    [InlineData("/cluster")]
    [InlineData("/vocabulary")]
    [InlineData("/playground")]
    public async Task AnyPage_OfAPhonesWidth_DoesNotScrollSideways(string path)
    {
        await using DashboardServer server = await DashboardServer.StartAsync(Feed());
        await using WatchedPage page = await chromium.OpenAsync(server.Address, width: 400, height: 800);
        await page.GoAsync(path);
        await Expect(page.Page.Locator("main .bm-card").First).ToBeVisibleAsync();
        Assert.True(await page.Page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= innerWidth"));
        await page.AssertCleanAsync();
    }

    [Fact]
    public async Task Job_ThousandTasksOnHundredNodes_IsLive()
    {
        FakeFeed feed = Feed(nodes: 100, tasks: 1000, done: 300);
        await using DashboardServer server = await DashboardServer.StartAsync(feed);
        await using WatchedPage page = await chromium.OpenAsync(server.Address);
        await page.GoAsync("/jobs/wiki-32k");
        await Expect(page.Page.Locator(".task-grid .task")).ToHaveCountAsync(1000);
        await Expect(page.Page.Locator(".bm-legend")).ToContainTextAsync("300 done");
        feed.Advance(25);
        await Expect(page.Page.Locator(".bm-legend")).ToContainTextAsync("325 done");
        await Expect(page.Page.Locator(".task-grid .task.done")).ToHaveCountAsync(325);
        ILocator tasks = page.Page.Locator("section[aria-label=Tasks]");
        await page.Page.Locator(".task-grid .task").Nth(8).HoverAsync();
        await Expect(tasks.GetByRole(AriaRole.Status)).ToHaveTextAsync("Task 8: done, 10.0.0.9:4051/worker-0, attempt 1, 12 s");
        await page.Page.Locator(".task-grid .task").Nth(326).FocusAsync();
        await Expect(tasks.GetByRole(AriaRole.Status)).ToContainTextAsync("Task 326: running");
        ILocator speed = page.Page.Locator("section[aria-label=Speed]");
        await Expect(speed).ToContainTextAsync("segment");
        await speed.GetByText("By node").ClickAsync();
        await Expect(speed).ToContainTextAsync("the 8 slowest of 12");
        await Expect(speed.Locator(".mud-chart-legend-item")).ToHaveCountAsync(8);
        await page.AssertCleanAsync();
    }

    [Fact]
    public async Task Job_HundredThousandTasks_SharesCells()
    {
        await using DashboardServer server = await DashboardServer.StartAsync(Feed(nodes: 100, tasks: 16_384, done: 5000));
        await using WatchedPage page = await chromium.OpenAsync(server.Address);
        await page.GoAsync("/jobs/wiki-32k");
        await Expect(page.Page.Locator(".bm-legend")).ToContainTextAsync("5,000 done");
        Assert.InRange(await page.Page.Locator(".task-grid .task").CountAsync(), 1000, 1600);
        await page.AssertCleanAsync();
    }

    [Fact]
    public async Task Cluster_HundredNodes_RendersWhatIsSeen()
    {
        await using DashboardServer server = await DashboardServer.StartAsync(Feed(nodes: 100));
        await using WatchedPage page = await chromium.OpenAsync(server.Address);
        await page.GoAsync("/cluster");
        ILocator rows = page.Page.Locator(".bm-members tbody tr");
        await Expect(rows.GetByText("10.0.0.2:4051")).ToBeVisibleAsync();
        Assert.InRange(await rows.CountAsync(), 5, 60);
        await page.Page.Locator(".bm-members").EvaluateAsync("list => list.scrollTop = list.scrollHeight");
        await Expect(rows.GetByText("10.0.0.100:4051")).ToBeVisibleAsync();
        await Expect(page.Page.Locator("main")).ToContainTextAsync("Not heard of: 10.0.0.8:4051");
        await page.AssertCleanAsync();
    }

    [Fact]
    public async Task Keys_WithoutAMouse_LeadEverywhere()
    {
        await using DashboardServer server = await DashboardServer.StartAsync(Feed());
        await using WatchedPage page = await chromium.OpenAsync(server.Address);
        await page.GoAsync("/");
        await page.Page.Keyboard.PressAsync("g");
        await page.Page.Keyboard.PressAsync("v");
        await Expect(page.Page.Locator("h1")).ToHaveTextAsync("Vocabulary");
        await Expect(page.Page.Locator(".piece-rows tbody tr:not([aria-hidden])").First).ToBeVisibleAsync();
        await page.Page.Keyboard.PressAsync("/");
        await page.Page.Keyboard.TypeAsync("中");
        await Expect(page.Page.Locator(".piece-rows")).ToContainTextAsync("中文");
        await page.Page.Locator("h1").FocusAsync();
        await page.Page.Keyboard.PressAsync("?");
        await Expect(page.Page.GetByRole(AriaRole.Dialog)).ToContainTextAsync("Playground");
        await page.Page.Keyboard.PressAsync("Escape");
        await page.GoAsync("/jobs/wiki-32k");
        await page.Page.Locator(".task-grid .task").First.FocusAsync();
        await page.Page.Keyboard.PressAsync("ArrowRight");
        await page.Page.Keyboard.PressAsync("ArrowRight");
        await Expect(page.Page.Locator(".task-grid .task").Nth(2)).ToBeFocusedAsync();
        await page.AssertCleanAsync();
    }

    [Fact]
    public async Task Theme_Chosen_IsRemembered()
    {
        await using DashboardServer server = await DashboardServer.StartAsync(Feed());
        await using WatchedPage page = await chromium.OpenAsync(server.Address);
        await page.GoAsync("/");
        await Expect(page.Page.Locator("html")).ToHaveAttributeAsync("data-theme", "light");
        await page.Page.EmulateMediaAsync(new PageEmulateMediaOptions { ColorScheme = ColorScheme.Dark });
        await Expect(page.Page.Locator("html")).ToHaveAttributeAsync("data-theme", "dark");
        await page.Page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Theme" }).ClickAsync();
        await page.Page.GetByText("Light", new PageGetByTextOptions { Exact = true }).ClickAsync();
        await Expect(page.Page.Locator("html")).ToHaveAttributeAsync("data-theme", "light");
        await page.Page.ReloadAsync();
        await Expect(page.Page.Locator("h1")).ToBeVisibleAsync();
        await Expect(page.Page.Locator("html")).ToHaveAttributeAsync("data-theme", "light");
        await page.AssertCleanAsync();
    }

    [Fact]
    public async Task Cancel_OfAJob_IsAskedForTwice()
    {
        FakeFeed feed = Feed();
        await using DashboardServer server = await DashboardServer.StartAsync(feed);
        await using WatchedPage page = await chromium.OpenAsync(server.Address);
        await page.GoAsync("/jobs/wiki-32k");
        await page.Page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Cancel" }).ClickAsync();
        await page.Page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Let it go on" }).ClickAsync();
        await Expect(page.Page.GetByText("Cancel the job?")).ToBeHiddenAsync();
        Assert.Empty(feed.Sent);
        await page.Page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Cancel" }).ClickAsync();
        await page.Page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Cancel the job" }).ClickAsync();
        await Expect(page.Page.GetByText("Cancel the job?")).ToBeHiddenAsync();
        Assert.Equal([new JobProtocol.CancelJob(FakeFeed.RunningJob)], feed.Sent);
        await page.Page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Pause" }).ClickAsync();
        await Expect(page.Page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Pause" })).ToBeEnabledAsync();
        Assert.Equal(new JobProtocol.PauseJob(FakeFeed.RunningJob), feed.Sent[^1]);
        await page.AssertCleanAsync();
    }

    [Fact]
    public async Task Feed_SilentCoordinator_IsSaid()
    {
        FakeFeed feed = Feed();
        await using DashboardServer server = await DashboardServer.StartAsync(feed);
        await using WatchedPage page = await chromium.OpenAsync(server.Address);
        await page.GoAsync("/");
        await Expect(page.Page.Locator("header")).ToContainTextAsync("live");
        feed.Silence("No coordinator answered within 3 s.");
        await Expect(page.Page.Locator("header")).ToContainTextAsync("as of");
        await Expect(page.Page.Locator("main")).ToContainTextAsync("No coordinator answered within 3 s.");
        await page.AssertCleanAsync();
    }

    [Fact]
    public async Task Restart_OfTheNode_BringsThePageBack()
    {
        DashboardServer first = await DashboardServer.StartAsync(Feed());
        await using WatchedPage page = await chromium.OpenAsync(first.Address);
        await page.GoAsync("/jobs");
        await Expect(page.Page.Locator("main")).ToContainTextAsync("code-64k");
        page.IsRestarting = true;
        await first.DisposeAsync();
        await Expect(page.Page.Locator("#components-reconnect-modal")).ToBeVisibleAsync();
        await using DashboardServer second = await DashboardServer.StartAsync(Feed(tasks: 77), new Uri(page.Page.Url).Port);
        await Expect(page.Page.Locator("#components-reconnect-modal")).ToBeHiddenAsync();
        await Expect(page.Page.Locator("main")).ToContainTextAsync("code-64k");
        page.IsRestarting = false;
        await page.GoAsync("/jobs/wiki-32k");
        await Expect(page.Page.Locator(".task-grid .task")).ToHaveCountAsync(77);
        await page.AssertCleanAsync();
    }

    [Fact]
    public async Task Vocabulary_MillionPieces_IsSearchedAndScrolled()
    {
        const int Pieces = 1_000_000;
        Vocabulary vocabulary = Vocabulary.Create(
            Enumerable.Range(0, 256).Select(value => KeyValuePair.Create(new[] { (byte)value }, 1L))
                .Concat(Enumerable.Range(0, Pieces).Select(number => KeyValuePair.Create(Encoding.ASCII.GetBytes(number.ToString("D7", CultureInfo.InvariantCulture)), 2L + number))));
        await using DashboardServer server = await DashboardServer.StartAsync(Feed(), 0, ("million.bytemill", new TokenizerModel(vocabulary, new ModelOptions())));
        await using WatchedPage page = await chromium.OpenAsync(server.Address);
        await page.GoAsync("/vocabulary");
        ILocator rows = page.Page.Locator(".piece-rows tbody tr");
        await Expect(rows.GetByText("0999999", new LocatorGetByTextOptions { Exact = true })).ToBeVisibleAsync();
        Assert.InRange(await rows.CountAsync(), 5, 80);
        await page.Page.Locator(".piece-rows").EvaluateAsync("list => list.scrollTop = list.scrollHeight");
        await Expect(rows.GetByText("0500000", new LocatorGetByTextOptions { Exact = true })).ToBeVisibleAsync();
        await page.Page.GetByLabel("Search").FillAsync("0123456");
        await Expect(page.Page.Locator("main")).ToContainTextAsync("1 piece");
        await Expect(rows.GetByText("0123456", new LocatorGetByTextOptions { Exact = true })).ToBeVisibleAsync();
        await page.AssertCleanAsync();
    }

    [Fact]
    public async Task Playground_TextSamplingAndCandidates_AreLive()
    {
        await using DashboardServer server = await DashboardServer.StartAsync(Feed());
        await using WatchedPage page = await chromium.OpenAsync(server.Address);
        await page.GoAsync("/playground?other=other.bytemill");
        await page.Page.GetByLabel("Text").FillAsync("see th");
        ILocator pieces = page.Page.Locator("section[aria-label='small.bytemill'] .piece");
        await Expect(pieces.Last).ToContainTextAsync("th");
        await page.Page.GetByRole(AriaRole.Group, new PageGetByRoleOptions { Name = "Candidates" }).GetByRole(AriaRole.Button, new LocatorGetByRoleOptions { Disabled = false }).First.ClickAsync();
        await Expect(page.Page.GetByLabel("Text")).ToHaveValueAsync("see the");
        await Expect(pieces.Last).ToContainTextAsync(" the");
        await Expect(page.Page.Locator("main")).ToContainTextAsync("other.bytemill needs as many tokens.");
        await page.Page.GetByText("Random segmentation").ClickAsync();
        await Expect(page.Page.GetByLabel("Seed")).ToBeVisibleAsync();
        await page.AssertCleanAsync();
    }
}
