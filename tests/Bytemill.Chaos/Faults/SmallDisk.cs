using System.Globalization;

namespace Bytemill.Chaos;

/// <summary>A file system in memory that is soon full. Needs root.</summary>
internal sealed class SmallDisk : IDisposable
{
    private const int BlockBytes = 64 << 10;

    private static readonly TimeSpan s_fillInterval = TimeSpan.FromMilliseconds(20);

    /// <param name="directory">Where it is mounted; made here.</param>
    /// <param name="megabytes">Its size.</param>
    public SmallDisk(string directory, int megabytes)
    {
        Root = Directory.CreateDirectory(directory).FullName;
        CommandTool.Run("mount", "-t", "tmpfs", "-o", string.Create(CultureInfo.InvariantCulture, $"size={megabytes}m"), "tmpfs", Root);
    }

    public string Root { get; }

    private string Ballast => Path.Combine(Root, "ballast");

    /// <summary>Why there can be no such disk here; <c>null</c> when there can.</summary>
    public static string? FindObstacle(string directory)
    {
        if (!Environment.IsPrivilegedProcess)
        {
            return "mounting a small disk needs root";
        }

        Directory.CreateDirectory(directory);
        if (CommandTool.TryRun("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", directory) is { } fault)
        {
            return "a small disk cannot be mounted here: " + fault;
        }

        CommandTool.Run("umount", directory);
        return null;
    }

    /// <summary>Leaves no room for a while: what others free is filled as well.</summary>
    /// <returns>Bytes that were free.</returns>
    public async Task<long> FillAsync(TimeSpan time, CancellationToken cancellation)
    {
        using (var ballast = new FileStream(Ballast, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0))
        {
            byte[] block = new byte[BlockBytes];
            long end = Environment.TickCount64 + (long)time.TotalMilliseconds;
            while (Environment.TickCount64 < end && !cancellation.IsCancellationRequested)
            {
                Fill(ballast, block);
                await Task.Delay(s_fillInterval, CancellationToken.None).ConfigureAwait(false);
            }
        }

        long filled = new FileInfo(Ballast).Length;
        File.Delete(Ballast);
        return filled;
    }

    public void Dispose()
    {
        CommandTool.TryRun("umount", "--lazy", Root);
        Directory.Delete(Root);
    }

    private static void Fill(FileStream ballast, byte[] block)
    {
        // Down to the last page: large blocks first, then what is left.
        for (int length = block.Length; length >= 4096; length /= 2)
        {
            try
            {
                while (true)
                {
                    ballast.Write(block, 0, length);
                }
            }
            catch (IOException)
            {
                // Full, for this length.
            }
        }
    }
}
