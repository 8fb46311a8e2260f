using System.Numerics;

namespace Bytemill.Tokenization;

/// <summary>
/// Finds room in a double array: given the bytes of a state's children, a base such that every slot
/// <c>base ^ byte</c> is free. Slots come in blocks of 256, and all children of a state share a block.
/// </summary>
internal sealed class DoubleArraySlots
{
    private const int WordsPerBlock = 4;
    private const int OpenBlocks = 16;
    private const int TriesPerState = 64;
    private const int FailuresUntilClosed = 12;

    private readonly List<int> _open = [];
    private ulong[] _free = new ulong[64 * WordsPerBlock];
    private short[] _freeCount = new short[64];
    private byte[] _failures = new byte[64];
    private int _firstWithRoom;

    /// <summary>Blocks in use; the array needs 256 slots for each.</summary>
    public int Blocks { get; private set; }

    /// <summary>Adds an empty block and returns its number.</summary>
    public int AddBlock()
    {
        int block = Blocks++;
        // A slot number must stay a positive int.
        if (block >= int.MaxValue / 256)
        {
            throw new InvalidOperationException("The pieces have more distinct prefixes than one automaton can hold (2 147 483 647).");
        }

        if (block == _freeCount.Length)
        {
            Array.Resize(ref _free, checked(_free.Length * 2));
            Array.Resize(ref _freeCount, _freeCount.Length * 2);
            Array.Resize(ref _failures, _failures.Length * 2);
        }

        _free.AsSpan(block * WordsPerBlock, WordsPerBlock).Fill(ulong.MaxValue);
        _freeCount[block] = 256;
        return block;
    }

    /// <summary>Takes one slot that must be free.</summary>
    public void Take(int slot)
    {
        _free[slot >> 6] &= ~(1UL << (slot & 63));
        _freeCount[slot >> 8]--;
    }

    /// <summary>Takes the slots <c>base ^ label</c> for all labels and returns the base, which is never 0.</summary>
    public int TakeChildren(ReadOnlySpan<byte> labels)
    {
        int found = labels.Length == 1 ? FindForOne(labels[0]) : FindForMany(labels);
        foreach (byte label in labels)
        {
            Take(found ^ label);
        }

        return found;
    }

    // A state with one child fits any hole, so holes are filled from the left.
    private int FindForOne(byte label)
    {
        while (_firstWithRoom < Blocks && _freeCount[_firstWithRoom] == 0)
        {
            _firstWithRoom++;
        }

        if (_firstWithRoom == Blocks)
        {
            _open.Add(AddBlock());
        }

        int word = _firstWithRoom * WordsPerBlock;
        while (_free[word] == 0)
        {
            word++;
        }

        return ((word << 6) + BitOperations.TrailingZeroCount(_free[word])) ^ label;
    }

    private int FindForMany(ReadOnlySpan<byte> labels)
    {
        int tries = TriesPerState;
        for (int i = _open.Count - 1; i >= 0 && tries > 0; i--)
        {
            int block = _open[i];
            if (_freeCount[block] >= labels.Length)
            {
                int found = Search(block, labels, ref tries);
                if (found != 0)
                {
                    return found;
                }
            }

            if (++_failures[block] >= FailuresUntilClosed)
            {
                _open.RemoveAt(i);
            }
        }

        if (_open.Count >= OpenBlocks)
        {
            _open.RemoveAt(0);
        }

        int fresh = AddBlock();
        _open.Add(fresh);
        return fresh << 8;
    }

    private int Search(int block, ReadOnlySpan<byte> labels, ref int tries)
    {
        for (int word = block * WordsPerBlock; word < (block + 1) * WordsPerBlock; word++)
        {
            for (ulong left = _free[word]; left != 0; left &= left - 1)
            {
                if (tries-- == 0)
                {
                    return 0;
                }

                int candidate = ((word << 6) + BitOperations.TrailingZeroCount(left)) ^ labels[0];
                if (AllFree(candidate, labels))
                {
                    return candidate;
                }
            }
        }

        return 0;
    }

    private bool AllFree(int candidate, ReadOnlySpan<byte> labels)
    {
        foreach (byte label in labels)
        {
            int slot = candidate ^ label;
            if ((_free[slot >> 6] & (1UL << (slot & 63))) == 0)
            {
                return false;
            }
        }

        return true;
    }
}
