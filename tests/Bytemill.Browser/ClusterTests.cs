using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Bytemill.Browser;

/// <summary>A real cluster, one of whose processes is killed, watched in a real browser.</summary>
/// <remarks>With <c>BYTEMILL_SCREENSHOTS</c> set to a directory, the pictures of the documentation are taken on the way: scripts/screenshots.sh.</remarks>
public sealed class ClusterTests(Chromium chromium) : IClassFixture<Chromium>, IDisposable
{
    private const int Copies = 8;

    // Some twenty seconds where nothing else runs.
    private const int JobTimeoutMs = 300_000;

    private readonly TestDirectory _directory = new();
    private readonly string? _pictures = Environment.GetEnvironmentVariable("BYTEMILL_SCREENSHOTS");

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Job_WorkerIsKilledMeanwhile_IsWatchedToItsEndAndLookedInto()
    {
        WriteConfig();
        WriteCorpus();
        int[] ports = NodeProcess.FreePorts(2);
        string seed = $"127.0.0.1:{ports[0]}";
        await using BytemillProcess first = NodeProcess.Start(_directory["node.conf"], seed, ports[0], "--http=0");
        string address = HttpAddressIn(await first.FirstLineAsync());
        await using BytemillProcess second = NodeProcess.Start(_directory["node.conf"], seed, ports[1], "--roles", "worker,shard");
        await second.FirstLineAsync();

        await using WatchedPage page = await chromium.OpenAsync(address, height: 960);
        await page.GoAsync("/cluster");
        await Expect(page.Page.Locator(".bm-members")).ToContainTextAsync($"127.0.0.1:{ports[1]}");
        string jobId = await SubmitAsync(page);

        // It works with both.
        await Expect(page.Page.Locator("h1")).ToHaveTextAsync(jobId);
        if (_pictures is not null)
        {
            await Expect(page.Page.Locator(".phase.now .label")).ToHaveTextAsync("segment", new LocatorAssertionsToHaveTextOptions { Timeout = JobTimeoutMs });
        }

        await Expect(page.Page.Locator(".task-grid .task.done").Nth(5)).ToBeVisibleAsync(new LocatorAssertionsToBeVisibleOptions { Timeout = JobTimeoutMs });
        await PictureAsync(page, "dashboard-job");
        await page.GoAsync("/");
        await Expect(page.Page.Locator("main")).ToContainTextAsync(jobId);
        await PictureAsync(page, "dashboard-overview");
        second.Kill();

        // One is gone, and is missed.
        await page.GoAsync("/cluster");
        await Expect(page.Page.Locator(".bm-members")).Not.ToContainTextAsync($"127.0.0.1:{ports[1]}", new LocatorAssertionsToContainTextOptions { Timeout = JobTimeoutMs });
        await page.GoAsync($"/jobs/{jobId}");
        await Expect(page.Page.GetByRole(AriaRole.Log)).ToContainTextAsync("Lost", new LocatorAssertionsToContainTextOptions { Timeout = JobTimeoutMs });
        await Expect(page.Page.Locator(".bm-heading .bm-chip")).ToHaveTextAsync("completed", new LocatorAssertionsToHaveTextOptions { Timeout = JobTimeoutMs });
        Assert.True(File.Exists(_directory["out/_SUCCESS"]));

        // What it has made is there to be looked into.
        await page.Page.GetByRole(AriaRole.Link, new PageGetByRoleOptions { Name = "vocabulary", Exact = true }).ClickAsync();
        await page.Page.GetByLabel("Search").FillAsync("software");
        await Expect(page.Page.Locator(".piece-rows tbody")).ToContainTextAsync("software");
        await Expect(page.Page.Locator("section[aria-label=Pieces] [role=status]")).Not.ToHaveTextAsync("7,997 pieces");
        await PictureAsync(page, "dashboard-vocabulary");
        await page.GoAsync("/playground");
        await page.Page.GetByLabel("Text", new PageGetByLabelOptions { Exact = true }).FillAsync("The administrator installs the package. Der Administrator installiert das Paket. Администратор устанавливает пакет. 管理员安装软件包。");
        await Expect(page.Page.Locator("main .pieces .piece").First).ToContainTextAsync("The");
        await PictureAsync(page, "dashboard-playground");
        await page.AssertCleanAsync();
    }

    private static string HttpAddressIn(string line)
    {
        using JsonDocument announced = JsonDocument.Parse(line);
        return announced.RootElement.GetProperty("http").GetString()!;
    }

    private async Task<string> SubmitAsync(WatchedPage page)
    {
        await page.GoAsync("/jobs");
        await page.Page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Submit a job" }).ClickAsync();
        ILocator dialog = page.Page.GetByRole(AriaRole.Dialog);
        await dialog.GetByLabel("Inputs").FillAsync(_directory["in/*.parquet"]);
        await dialog.GetByLabel("Output directory").FillAsync(_directory["out"]);
        await dialog.GetByLabel("Vocabulary size").FillAsync("8000");
        await dialog.GetByLabel("Smallest count").FillAsync("64");
        await dialog.GetByLabel("Partition, MiB").FillAsync("1");
        await dialog.GetByRole(AriaRole.Button, new LocatorGetByRoleOptions { Name = "Submit" }).ClickAsync();
        await page.Page.WaitForURLAsync(new Regex("/jobs/[0-9a-f]+$"));
        return page.Page.Url.Split('/')[^1];
    }

    private async Task PictureAsync(WatchedPage page, string name)
    {
        if (_pictures is not null)
        {
            await page.Page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(_pictures, name + ".png") });
        }
    }

    private void WriteConfig() => File.WriteAllText(
        _directory["node.conf"],
        $$"""
        bytemill { workers = 1, lease-dir = "{{_directory["leases"]}}" }
        akka {
          cluster { failure-detector.acceptable-heartbeat-pause = 6s, split-brain-resolver.stable-after = 4s, down-removal-margin = 1s }
          coordination.lease.bytemill { heartbeat-timeout = 12s, heartbeat-interval = 1s }
        }
        """);

    // Real text in many languages, several times over, so that there is something to watch.
    private void WriteCorpus()
    {
        Directory.CreateDirectory(_directory["in"]);
        foreach (string file in Directory.EnumerateFiles(Repository.Find("samples/corpus"), "*.parquet"))
        {
            for (int copy = 0; copy < Copies; copy++)
            {
                File.Copy(file, _directory[$"in/{copy}-{Path.GetFileName(file)}"]);
            }
        }
    }
}
