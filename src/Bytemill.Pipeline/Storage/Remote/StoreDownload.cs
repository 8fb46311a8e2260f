using System.Buffers;
using Bytemill.Corpus;
using Microsoft.Win32.SafeHandles;

namespace Bytemill.Pipeline;

/// <summary>Copies a file of a store to this machine.</summary>
internal static class StoreDownload
{
    private const int PartBytes = 1 << 20;
    private const int PartsAtOnce = 8;

    /// <param name="store">The store.</param>
    /// <param name="file">The file, of this version.</param>
    /// <param name="localPath">Full path of what is to be; nothing is there.</param>
    /// <param name="cancellation">Breaks it off.</param>
    /// <exception cref="IOException">It cannot be read, or not be written.</exception>
    public static void Run(IStore store, StoredFile file, string localPath, CancellationToken cancellation) =>
        RunAsync(store, file, localPath, cancellation).GetAwaiter().GetResult();

    private static async Task RunAsync(IStore store, StoredFile file, string localPath, CancellationToken cancellation)
    {
        using SafeFileHandle target = File.OpenHandle(localPath, FileMode.CreateNew, FileAccess.Write);
        await Parallel.ForAsync(0, (file.LengthBytes + PartBytes - 1) / PartBytes, new ParallelOptions { MaxDegreeOfParallelism = PartsAtOnce, CancellationToken = cancellation }, async (part, _) =>
        {
            long start = part * PartBytes;
            int length = (int)Math.Min(PartBytes, file.LengthBytes - start);
            byte[] buffer = ArrayPool<byte>.Shared.Rent(length);
            try
            {
                await store.ReadAsync(file, start, buffer.AsMemory(0, length)).ConfigureAwait(false);
                RandomAccess.Write(target, buffer.AsSpan(0, length), start);
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }
        }).ConfigureAwait(false);
    }
}
