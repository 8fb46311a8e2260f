using System.Collections.Immutable;

namespace Bytemill.Corpus;

/// <summary>An object that is read by ranges: small ones where it is looked into here and there, large ones, several at once and ahead, where a stretch was announced.</summary>
/// <param name="store">Fetches.</param>
/// <param name="cache">Holds what was fetched.</param>
/// <param name="file">The object as it was when it was opened; all ranges are of this version.</param>
internal sealed class S3File(S3Store store, BlockCache cache, StoredFile file) : IStoreFile
{
    private const int LargeBytes = 1 << 20;
    private const int SmallBytes = 1 << 16;
    private const int MostAhead = 8;

    // More stretches than one reader has at a time; several may read at once.
    private const int MostStretches = 32;

    private ImmutableArray<(long Start, long End)> _stretches = [];

    public long LengthBytes => file.LengthBytes;

    public string Version => file.Version;

    // What one reader may count on, where each core has one.
    private long OwnBytes => cache.CapacityBytes / (2 * Environment.ProcessorCount);

    public int Read(long position, Span<byte> target)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(position);
        if (position >= LengthBytes || target.IsEmpty)
        {
            return 0;
        }

        (long start, int length) = LargeAt(position);
        Task<byte[]>? content = cache.TryGet(KeyOf(start, length));
        long end = EndOfStretch(position);
        if (end > 0)
        {
            content ??= Fetch(start, length);
            int ahead = (int)Math.Clamp(OwnBytes / LargeBytes, 1, MostAhead);
            for (long next = start + LargeBytes; ahead > 0 && next < end; next += LargeBytes, ahead--)
            {
                // Its failure is told to whoever reads it.
                _ = Fetch(next, (int)Math.Min(LargeBytes, LengthBytes - next));
            }
        }
        else if (content is null)
        {
            start = position / SmallBytes * SmallBytes;
            content = Fetch(start, (int)Math.Min(SmallBytes, LengthBytes - start));
        }

        ReadOnlySpan<byte> bytes = content.GetAwaiter().GetResult().AsSpan((int)(position - start));
        int count = Math.Min(bytes.Length, target.Length);
        bytes[..count].CopyTo(target);
        return count;
    }

    public void Announce(long position, long lengthBytes, bool isGlance)
    {
        if (lengthBytes > 0 && (!isGlance || lengthBytes <= OwnBytes))
        {
            ImmutableInterlocked.Update(ref _stretches, static (old, added) => old.Contains(added) ? old : [.. old.TakeLast(MostStretches - 1), added], (position, position + lengthBytes));
        }
    }

    public void Dispose()
    {
        // What was fetched may be of use to who opens it next.
    }

    private Task<byte[]> Fetch(long start, int length) => cache.Get(KeyOf(start, length), key => store.FetchAsync(file, key.Start, key.Length));

    private BlockCache.Key KeyOf(long start, int length) => new(file.Path, file.Version, start, length);

    private (long Start, int Length) LargeAt(long position)
    {
        long start = position / LargeBytes * LargeBytes;
        return (start, (int)Math.Min(LargeBytes, LengthBytes - start));
    }

    // 0 where none was announced.
    private long EndOfStretch(long position)
    {
        foreach ((long start, long end) in _stretches)
        {
            if (position >= start && position < end)
            {
                return end;
            }
        }

        return 0;
    }
}
