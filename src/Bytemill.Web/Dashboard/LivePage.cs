using Bytemill.Web.Live;
using Microsoft.AspNetCore.Components;

namespace Bytemill.Web.Dashboard;

/// <summary>A component that is rendered anew when the feed has news, at most a few times a second.</summary>
public abstract class LivePage : ComponentBase, IDisposable
{
    private int _isWaiting;
    private volatile bool _isDisposed;

    /// <summary>The cluster.</summary>
    [Inject]
    protected IDashboardFeed Feed { get; set; } = null!;

    /// <summary>The time.</summary>
    [Inject]
    protected TimeProvider Clock { get; set; } = null!;

    /// <summary>The cluster as this rendering shows it.</summary>
    protected ClusterView View { get; private set; } = ClusterView.None;

    /// <summary>Now.</summary>
    protected DateTimeOffset Now => Clock.GetUtcNow();

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <inheritdoc/>
    protected override void OnInitialized()
    {
        View = Feed.Current;
        Feed.Changed += OnFeedChanged;
    }

    /// <summary>Called before each rendering that news bring.</summary>
    protected virtual void OnNews()
    {
    }

    /// <summary>Stops listening.</summary>
    protected virtual void Dispose(bool disposing)
    {
        _isDisposed = true;
        if (disposing)
        {
            Feed.Changed -= OnFeedChanged;
        }
    }

    private async Task ShowNewsAsync()
    {
        Volatile.Write(ref _isWaiting, 0);
        if (_isDisposed)
        {
            return;
        }

        try
        {
            View = Feed.Current;
            OnNews();
            StateHasChanged();
        }
        catch (Exception e)
        {
            // Else nobody would hear of it, and the page stand still.
            await DispatchExceptionAsync(e);
        }
    }

    // News that come while a rendering is due are part of it.
    private void OnFeedChanged()
    {
        if (Interlocked.Exchange(ref _isWaiting, 1) == 0)
        {
            // Not on the feed's thread, which serves all pages.
            _ = Task.Run(() => InvokeAsync(ShowNewsAsync));
        }
    }
}
