namespace Bytemill.Pipeline;

/// <summary>
/// Leases as locks of files in a directory, for processes of one machine. The kernel lets go of them when the process ends,
/// however it ends, so they need no time; a process that only stands still keeps them.
/// </summary>
internal sealed class FileLeaseStore(string directory) : ILeaseStore, IDisposable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, (string Owner, FileStream File)> _held = new(StringComparer.Ordinal);

    public Task<bool> TakeAsync(string name, string owner, TimeSpan time, CancellationToken cancellation)
    {
        lock (_lock)
        {
            if (_held.TryGetValue(name, out (string Owner, FileStream File) held))
            {
                return Task.FromResult(held.Owner == owner);
            }

            Directory.CreateDirectory(directory);
            string path = Path.Combine(directory, Uri.EscapeDataString(name) + ".lock");
            try
            {
                // Left behind when it is given back: a file that is deleted while another waits to open it would be two locks.
                _held.Add(name, (owner, new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None)));
                return Task.FromResult(true);
            }
            catch (IOException e) when (e is not (FileNotFoundException or DirectoryNotFoundException))
            {
                return Task.FromResult(false);
            }
        }
    }

    public Task<bool> RenewAsync(string name, string owner, TimeSpan time, CancellationToken cancellation)
    {
        lock (_lock)
        {
            return Task.FromResult(_held.TryGetValue(name, out (string Owner, FileStream File) held) && held.Owner == owner);
        }
    }

    public Task ReleaseAsync(string name, string owner, CancellationToken cancellation)
    {
        lock (_lock)
        {
            if (_held.TryGetValue(name, out (string Owner, FileStream File) held) && held.Owner == owner)
            {
                _held.Remove(name);
                held.File.Dispose();
            }

            return Task.CompletedTask;
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            foreach ((_, FileStream file) in _held.Values)
            {
                file.Dispose();
            }

            _held.Clear();
        }
    }
}
