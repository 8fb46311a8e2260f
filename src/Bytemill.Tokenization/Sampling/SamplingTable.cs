using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Bytemill.Tokenization;

/// <summary>
/// What a sampler looks up for each state of the automaton: the pieces that end there, longest first, with their factors for one α.
/// Immutable and thread-safe.
/// </summary>
/// <remarks>
/// The factor of a piece is exp(α · score + tilt · length). The tilt multiplies every segmentation of a text alike and so changes no
/// probability; it keeps the sums over all segmentations near 1 in ordinary text. Memory: 4 bytes for each state and 16 (24 when α is
/// large) for each suffix of a piece that is a piece.
/// </remarks>
internal sealed unsafe class SamplingTable
{
    /// <summary>Sums and factors are doubles times a power of 2^ScaleBits.</summary>
    public const int ScaleBits = 128;

    // Factors within 2^±200 need no power of their own.
    private const int PlainBits = 200;

    // Pinned, so that the pointers hold.
    private readonly int[] _listOfState;
    private readonly WeightedPiece[] _pieces;
    private readonly int[] _scales;

    public SamplingTable(PieceAutomaton automaton, Vocabulary vocabulary, SamplingOptions options)
    {
        Automaton = automaton;
        Alpha = options.Alpha;
        Method = options.Method;
        double tilt = options.Method == SamplingMethod.Exact ? Tilt(automaton, vocabulary, options.Alpha) : 0;
        var lists = new List<WeightedPiece>(automaton.Count * 2);
        _listOfState = Collect(automaton, vocabulary, lists);
        (_pieces, _scales) = options.Method == SamplingMethod.Exact ? Weigh(lists, options.Alpha, tilt) : (Pinned(CollectionsMarshal.AsSpan(lists)), []);
        ListOfState = (int*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_listOfState));
        Pieces = (WeightedPiece*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_pieces));
        Scales = _scales.Length == 0 ? null : (int*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_scales));
    }

    public PieceAutomaton Automaton { get; }

    public SamplingMethod Method { get; }

    public double Alpha { get; }

    /// <summary>Where the list of each state begins in <see cref="Pieces"/>; a list ends with a piece of one byte.</summary>
    public int* ListOfState { get; }

    public WeightedPiece* Pieces { get; }

    /// <summary>Power of 2^ScaleBits of each factor; null when all are 0.</summary>
    public int* Scales { get; }

    private static double Tilt(PieceAutomaton automaton, Vocabulary vocabulary, double alpha)
    {
        // Nats per byte of a text of independent pieces; with α below 1 the other segmentations count ever more.
        double nats = 0;
        double bytes = 0;
        for (int i = 0; i < automaton.Count; i++)
        {
            double share = (double)vocabulary.Counts[i] / vocabulary.TotalCount;
            nats -= share * automaton.Score(i);
            bytes += share * vocabulary.GetPiece(i + Vocabulary.FirstPieceId).Length;
        }

        double tilt = (alpha * nats / bytes) - (0.5 * Math.Max(0, 1 - alpha));
        return Math.Abs(tilt) * automaton.LongestPiece < PlainExp.Limit / 2 ? tilt : 0;
    }

    // Every state is a prefix of a piece. A list is known by its longest piece: the others are its suffixes.
    private static int[] Collect(PieceAutomaton automaton, Vocabulary vocabulary, List<WeightedPiece> lists)
    {
        int[] listOfState = [];
        int[] listOfPiece = new int[automaton.Count];
        listOfPiece.AsSpan().Fill(-1);
        for (int piece = 0; piece < automaton.Count; piece++)
        {
            int state = PieceAutomaton.Root;
            foreach (byte value in vocabulary.GetPiece(piece + Vocabulary.FirstPieceId))
            {
                state = automaton.Step(state, value);
                if (state >= listOfState.Length)
                {
                    listOfState = Grow(listOfState, state + 1);
                }

                if (listOfState[state] >= 0)
                {
                    continue;
                }

                ReadOnlySpan<PieceMatch> matches = automaton.MatchesAt(state);
                ref int list = ref listOfPiece[matches[0].Piece];
                if (list < 0)
                {
                    list = lists.Count;
                    foreach (PieceMatch match in matches)
                    {
                        lists.Add(new WeightedPiece(match.Score, match.Length, match.Piece));
                    }
                }

                listOfState[state] = list;
            }
        }

        // The lists of matches lie in the automaton's memory.
        GC.KeepAlive(automaton);
        return listOfState;
    }

    private static int[] Grow(int[] states, int least)
    {
        int[] grown = GC.AllocateUninitializedArray<int>(Math.Max(least, 2 * states.Length), pinned: true);
        states.CopyTo(grown, 0);
        grown.AsSpan(states.Length).Fill(-1);
        return grown;
    }

    private static (WeightedPiece[] Pieces, int[] Scales) Weigh(List<WeightedPiece> lists, double alpha, double tilt)
    {
        WeightedPiece[] pieces = GC.AllocateUninitializedArray<WeightedPiece>(lists.Count, pinned: true);
        int[] exponents = new int[lists.Count];
        bool isPlain = true;
        for (int i = 0; i < pieces.Length; i++)
        {
            WeightedPiece piece = lists[i];
            double factor = PlainExp.Split((alpha * piece.Weight) + (tilt * piece.Length), out exponents[i]);
            pieces[i] = new WeightedPiece(factor, piece.Length, piece.Piece);
            isPlain &= Math.Abs(exponents[i]) < PlainBits;
        }

        int[] scales = isPlain ? [] : GC.AllocateUninitializedArray<int>(lists.Count, pinned: true);
        for (int i = 0; i < pieces.Length; i++)
        {
            int scale = 0;
            if (!isPlain)
            {
                // Rounds down, so that what is left is in 0 … ScaleBits − 1.
                scale = exponents[i] >> 7;
                scales[i] = scale;
            }

            pieces[i] = new WeightedPiece(Math.ScaleB(pieces[i].Weight, exponents[i] - (scale * ScaleBits)), pieces[i].Length, pieces[i].Piece);
        }

        return (pieces, scales);
    }

    private static WeightedPiece[] Pinned(ReadOnlySpan<WeightedPiece> pieces)
    {
        WeightedPiece[] pinned = GC.AllocateUninitializedArray<WeightedPiece>(pieces.Length, pinned: true);
        pieces.CopyTo(pinned);
        return pinned;
    }
}
