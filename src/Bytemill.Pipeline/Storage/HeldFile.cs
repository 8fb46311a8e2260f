namespace Bytemill.Pipeline;

/// <summary>A work file that stays where it is on this machine until this is disposed.</summary>
/// <param name="path">Full path.</param>
/// <param name="release">Lets go of it; <c>null</c> where nothing is to be done.</param>
internal sealed class HeldFile(string path, Action? release = null) : IDisposable
{
    private Action? _release = release;

    public string Path => path;

    public void Dispose() => Interlocked.Exchange(ref _release, null)?.Invoke();
}
