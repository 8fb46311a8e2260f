using Bytemill.Web.Live;
using Microsoft.AspNetCore.Components;

namespace Bytemill.Web.Dashboard;

/// <summary>A component that is rendered anew when the feed has news, at most a few times a second.</summary>
public abstract class LivePage : ComponentBase, IDisposable
{
    private int _isWaiting;

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
        if (disposing)
        {
            Feed.Changed -= OnFeedChanged;
        }
    }

    // News that come while a rendering is due are part of it.
    private void OnFeedChanged()
    {
        if (Interlocked.Exchange(ref _isWaiting, 1) == 0)
        {
            _ = InvokeAsync(() =>
            {
                Volatile.Write(ref _isWaiting, 0);
                View = Feed.Current;
                OnNews();
                StateHasChanged();
            });
        }
    }
}
