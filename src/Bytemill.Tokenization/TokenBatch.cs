namespace Bytemill.Tokenization;

/// <summary>The ids of many texts, one behind the other in one array. Immutable and thread-safe.</summary>
public sealed class TokenBatch
{
    private readonly int[] _ids;
    private readonly int[] _offsets;

    internal TokenBatch(int[] ids, int[] offsets)
    {
        _ids = ids;
        _offsets = offsets;
    }

    /// <summary>Number of texts.</summary>
    public int Count => _offsets.Length - 1;

    /// <summary>The ids of all texts, in the order of the texts.</summary>
    public ReadOnlyMemory<int> Ids => _ids;

    /// <summary>Where in <see cref="Ids"/> each text begins, and at last their length: <see cref="Count"/> + 1 numbers that never fall.</summary>
    public ReadOnlyMemory<int> Offsets => _offsets;

    /// <summary>The ids of a text.</summary>
    /// <param name="index">0-based index of the text.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such text.</exception>
    public ReadOnlySpan<int> this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)Count, nameof(index));
            return _ids.AsSpan(_offsets[index].._offsets[index + 1]);
        }
    }

    /// <summary>The ids of each text in an array of its own.</summary>
    public int[][] ToArrays()
    {
        int[][] arrays = new int[Count][];
        for (int i = 0; i < arrays.Length; i++)
        {
            arrays[i] = this[i].ToArray();
        }

        return arrays;
    }
}
