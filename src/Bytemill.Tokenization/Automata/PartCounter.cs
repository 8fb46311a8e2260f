using System.Runtime.CompilerServices;

namespace Bytemill.Tokenization;

/// <summary>
/// Splits many short texts into the pieces of their best paths, as <see cref="UnigramSegmenter"/> does, and adds each text's count
/// to its pieces. Where texts come sorted, what one has in common with the one before it is not walked again. For one thread.
/// </summary>
public sealed unsafe class PartCounter
{
    // Each step waits for memory, so several texts are walked at once. Measured by PieceBenchmarks.
    private const int Lanes = 4;
    private const int BatchTexts = 1024;
    private const int BatchBytes = 64 << 10;

    private readonly PieceAutomaton _automaton;
    private readonly FlatMemory _sums;
    private readonly Text[] _texts = new Text[BatchTexts];
    private byte[] _bytes = new byte[BatchBytes];
    private int _count;
    private int _used;

    // Of each lane and position of its text: best score, where in the matches its last piece is, and the automaton's state.
    private double[] _scores = [];
    private int[] _routes = [];
    private int[] _states = [];
    private int _room;
    private int _longest;

    /// <param name="automaton">Says what the pieces are.</param>
    /// <param name="sums">An i64 for each of the automaton's pieces; complete only after <see cref="Flush"/>.</param>
    /// <exception cref="ArgumentException"><paramref name="sums"/> is too short.</exception>
    public PartCounter(PieceAutomaton automaton, FlatMemory sums)
    {
        ArgumentNullException.ThrowIfNull(automaton);
        ArgumentNullException.ThrowIfNull(sums);
        ArgumentOutOfRangeException.ThrowIfLessThan(sums.Length, (long)automaton.Count * sizeof(long), nameof(sums));
        (_automaton, _sums) = (automaton, sums);
    }

    /// <summary>Takes a text; it is copied.</summary>
    /// <param name="text">Any bytes. Memory grows with the longest: 80 bytes for each of its bytes.</param>
    /// <param name="shared">Of these, how many at its beginning are the same as in the text before; 0 when not known.</param>
    /// <param name="count">Added to each of the text's pieces; not negative.</param>
    /// <exception cref="ArgumentOutOfRangeException">More bytes are shared than the text has.</exception>
    /// <exception cref="OverflowException">A sum exceeds 64 bits.</exception>
    public void Add(ReadOnlySpan<byte> text, int shared, long count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)shared, (uint)text.Length, nameof(shared));
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        if (_count == BatchTexts || _used + text.Length > _bytes.Length)
        {
            Flush();
            if (text.Length > _bytes.Length)
            {
                _bytes = new byte[text.Length];
            }
        }

        text.CopyTo(_bytes.AsSpan(_used));
        // Lanes do not know the text before their first; a shared part longer than that text was would be read from nowhere.
        int known = _count == 0 ? 0 : Math.Min(shared, _texts[_count - 1].Length);
        _texts[_count++] = new Text { Start = _used, Length = text.Length, Shared = known, Count = count };
        _used += text.Length;
        _longest = Math.Max(_longest, text.Length);
    }

    /// <summary>Splits what has been taken so far.</summary>
    /// <exception cref="OverflowException">A sum exceeds 64 bits.</exception>
    public void Flush()
    {
        if (_longest >= _room)
        {
            _room = Math.Max(64, Math.Max(_longest + 1, 2 * _room));
            _scores = new double[Lanes * _room];
            _routes = new int[Lanes * _room];
            _states = new int[Lanes * _room];
        }

        int texts = _count;
        (_count, _used) = (0, 0);
        Lane* lanes = stackalloc Lane[Lanes];
        // SAFETY: each lane's part of the arrays has a place for every position of the longest text. As in UnigramSegmenter, every
        // slot read exists, a list of matches ends with a piece of one byte, and no state is deeper than its position, so no match
        // reaches before position 0. There is a sum for every piece (constructor).
        fixed (byte* bytes = _bytes)
        fixed (Text* all = _texts)
        fixed (double* scores = _scores)
        fixed (int* routes = _routes, states = _states)
        {
            for (int i = 0; i < Lanes; i++)
            {
                lanes[i] = new Lane
                {
                    Next = all + (i * texts / Lanes),
                    End = all + ((i + 1) * texts / Lanes),
                    Scores = scores + (i * _room),
                    Routes = routes + (i * _room),
                    States = states + (i * _room),
                };
                lanes[i].States[0] = PieceAutomaton.Root;
                lanes[i].Scores[0] = 0;
            }

            Run(lanes, bytes);
        }

        GC.KeepAlive(_automaton);
        GC.KeepAlive(_sums);
    }

    private void Run(Lane* lanes, byte* bytes)
    {
        AutomatonUnit* units = _automaton.Units;
        PieceMatch* matches = _automaton.Matches;
        var sums = (long*)_sums.Start;
        bool runs = true;
        while (runs)
        {
            runs = false;
            for (Lane* lane = lanes; lane < lanes + Lanes; lane++)
            {
                if (lane->Position == lane->Length && !Advance(lane, bytes, units, matches, sums))
                {
                    continue;
                }

                runs = true;
                Probe(lane, units);
            }
        }
    }

    // Goes to the child where there is one, else to the suffix. No branch hangs on which: it would be guessed wrong too often, and
    // with it the work on the other lanes thrown away.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Probe(Lane* lane, AutomatonUnit* units)
    {
        int state = lane->State;
        int position = lane->Position;
        AutomatonUnit* unit = units + state;
        int child = unit->Base ^ lane->Bytes[position];
        bool isChild = units[child].Check == state;
        int step = Unsafe.BitCast<bool, byte>(isChild);
        lane->State = unit->Fail ^ ((unit->Fail ^ child) & -step);
        // Written over until it is a child.
        lane->States[position + 1] = child;
        lane->Position = position + step;
    }

    // Ends the text that has been walked and goes to the next with something to walk; false when there is none.
    private static bool Advance(Lane* lane, byte* bytes, AutomatonUnit* units, PieceMatch* matches, long* sums)
    {
        while (true)
        {
            AddUp(lane, units, matches);
            for (int position = lane->Length; position > 0;)
            {
                PieceMatch* match = matches + lane->Routes[position];
                sums[match->Piece] = checked(sums[match->Piece] + lane->Count);
                position -= match->Length;
            }

            if (lane->Next == lane->End)
            {
                (lane->Position, lane->Length, lane->Shared) = (0, 0, 0);
                return false;
            }

            Text* text = lane->Next++;
            lane->Shared = lane->HasBefore ? text->Shared : 0;
            lane->HasBefore = true;
            lane->Bytes = bytes + text->Start;
            lane->Length = text->Length;
            lane->Count = text->Count;
            lane->Position = lane->Shared;
            lane->State = lane->States[lane->Shared];
            if (lane->Shared < text->Length)
            {
                return true;
            }
        }
    }

    // Finds the best path to each position that is not shared.
    private static void AddUp(Lane* lane, AutomatonUnit* units, PieceMatch* matches)
    {
        for (int position = lane->Shared + 1; position <= lane->Length; position++)
        {
            int at = units[lane->States[position]].Matches;
            int bestAt = at;
            PieceMatch* match = matches + at;
            double* end = lane->Scores + position;
            // No branch here either. Sums of scores are negative, and of two negative doubles the greater has the smaller bits.
            long best = BitConverter.DoubleToInt64Bits(end[-match->Length] + match->Score);
            while (match->Length != 1)
            {
                match++;
                at++;
                long candidate = BitConverter.DoubleToInt64Bits(end[-match->Length] + match->Score);
                long isBetter = (candidate - best) >> 63;
                best ^= (candidate ^ best) & isBetter;
                bestAt ^= (at ^ bestAt) & (int)isBetter;
            }

            *end = BitConverter.Int64BitsToDouble(best);
            lane->Routes[position] = bestAt;
        }
    }

    private struct Text
    {
        public int Start;
        public int Length;
        public int Shared;
        public long Count;
    }

    private struct Lane
    {
        public byte* Bytes;
        public int Position;
        public int Length;
        public int Shared;
        public int State;
        public bool HasBefore;
        public long Count;
        public double* Scores;
        public int* Routes;
        public int* States;
        public Text* Next;
        public Text* End;
    }
}
