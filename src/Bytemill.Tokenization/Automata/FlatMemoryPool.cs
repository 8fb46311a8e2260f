namespace Bytemill.Tokenization;

/// <summary>Gives out memory of the process up to a limit, and memory from elsewhere (a mapped file) beyond it. Thread-safe.</summary>
public sealed class FlatMemoryPool
{
    private readonly long _memoryBytes;
    private readonly Func<long, FlatMemory>? _beyond;
    private long _used;

    /// <param name="memoryBytes">Memory of the process that may be out at once.</param>
    /// <param name="beyond">Where the rest comes from; nothing is refused when <c>null</c>.</param>
    public FlatMemoryPool(long memoryBytes, Func<long, FlatMemory>? beyond)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(memoryBytes);
        (_memoryBytes, _beyond) = (memoryBytes, beyond);
    }

    /// <summary>Without a limit.</summary>
    public static FlatMemoryPool Unlimited { get; } = new(long.MaxValue, null);

    /// <summary>Memory of the process that is out now, in bytes.</summary>
    public long UsedBytes => Interlocked.Read(ref _used);

    /// <summary>Memory for the caller to give back by <see cref="Return"/>. Contents are undefined.</summary>
    public FlatMemory Allocate(long bytes)
    {
        if (Interlocked.Add(ref _used, bytes) > _memoryBytes && _beyond is not null)
        {
            Interlocked.Add(ref _used, -bytes);
            return _beyond(Math.Max(1, bytes));
        }

        try
        {
            return FlatMemory.Allocate(bytes);
        }
        catch
        {
            Interlocked.Add(ref _used, -bytes);
            throw;
        }
    }

    /// <summary>Frees memory that came from here.</summary>
    public void Return(FlatMemory memory)
    {
        ArgumentNullException.ThrowIfNull(memory);
        if (!memory.IsMapped)
        {
            Interlocked.Add(ref _used, -memory.Length);
        }

        memory.Dispose();
    }
}
