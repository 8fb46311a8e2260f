using System.Collections.Concurrent;
using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;

namespace Bytemill.Browser;

/// <summary>A page that notes what went wrong in it, and what it asked other hosts for.</summary>
internal sealed class WatchedPage : IAsyncDisposable
{
    private readonly ConcurrentQueue<string> _faults = new();
    private readonly IBrowserContext _context;

    public WatchedPage(IBrowserContext context, IPage page, Uri home)
    {
        _context = context;
        Page = page;
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning" && !IsRestarting)
            {
                _faults.Enqueue($"console {message.Type}: {message.Text}");
            }
        };
        page.PageError += (_, error) => _faults.Enqueue("page error: " + error);
        page.Request += (_, request) =>
        {
            if (request.Url.StartsWith("http", StringComparison.Ordinal) && new Uri(request.Url).Authority != home.Authority)
            {
                _faults.Enqueue("foreign request: " + request.Url);
            }
        };
        page.WebSocket += (_, socket) =>
        {
            if (new Uri(socket.Url).Authority != home.Authority)
            {
                _faults.Enqueue("foreign socket: " + socket.Url);
            }
        };
        page.Response += (_, response) =>
        {
            if (response.Status >= 400)
            {
                _faults.Enqueue($"{response.Status}: {response.Url}");
            }
        };
    }

    public IPage Page { get; }

    /// <summary>Whether the server is being restarted, of which the browser complains.</summary>
    public bool IsRestarting { get; set; }

    /// <summary>Goes to a page and waits until it is live.</summary>
    public async Task GoAsync(string path)
    {
        await Page.GotoAsync(path);
        await Page.Locator("h1").WaitForAsync();
    }

    /// <summary>No error was shown or said, and nothing came from another host.</summary>
    public async Task AssertCleanAsync()
    {
        Assert.Empty(_faults);
        Assert.False(await Page.Locator("#blazor-error-ui").IsVisibleAsync());
    }

    /// <summary>Axe finds nothing that keeps anybody from using the page.</summary>
    public async Task AssertAccessibleAsync()
    {
        AxeResult result = await Page.RunAxe();
        Assert.True(
            result.Violations.Length == 0,
            string.Join('\n', result.Violations.Select(violation => $"{violation.Id} ({violation.Impact}): {violation.Help}\n  {string.Join("\n  ", violation.Nodes.Take(4).Select(node => node.Html))}")));
    }

    public async ValueTask DisposeAsync() => await _context.DisposeAsync();
}
