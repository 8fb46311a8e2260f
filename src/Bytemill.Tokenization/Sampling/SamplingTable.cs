using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Bytemill.Tokenization;

/// <summary>
/// What a sampler looks up: the automaton's lists of the pieces that end at a state, longest first, with their factors for one α in place of
/// their scores. Immutable and thread-safe.
/// </summary>
/// <remarks>
/// The factor of a piece is exp(α · score + tilt · length). The tilt multiplies every segmentation of a text alike and so changes no
/// probability; it keeps the sums over all segmentations near 1 in ordinary text. Memory: for exact sampling 16 bytes (20 when α is
/// large) for each suffix of a piece that is a piece; none for Viterbi sampling, which takes the scores as they are.
/// </remarks>
internal sealed unsafe class SamplingTable
{
    /// <summary>Sums and factors are doubles times a power of 2^ScaleBits.</summary>
    public const int ScaleBits = 128;

    // Factors within 2^±200 need no power of their own.
    private const int PlainBits = 200;

    // Pinned, so that the pointers hold.
    private readonly WeightedPiece[] _pieces = [];
    private readonly int[] _scales = [];

    public SamplingTable(PieceAutomaton automaton, Vocabulary vocabulary, SamplingOptions options)
    {
        Automaton = automaton;
        Alpha = options.Alpha;
        Method = options.Method;
        if (options.Method == SamplingMethod.Viterbi)
        {
            // The same bytes: a score, a length, a piece.
            Pieces = (WeightedPiece*)automaton.Matches;
            return;
        }

        (_pieces, _scales) = Weigh(automaton, vocabulary, options.Alpha);
        Pieces = (WeightedPiece*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_pieces));
        Scales = _scales.Length == 0 ? null : (int*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_scales));
    }

    /// <summary>Whose lists these are: that of a state begins where its unit says.</summary>
    public PieceAutomaton Automaton { get; }

    public SamplingMethod Method { get; }

    public double Alpha { get; }

    /// <summary>The lists; each ends with a piece of one byte.</summary>
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

    private static (WeightedPiece[] Pieces, int[] Scales) Weigh(PieceAutomaton automaton, Vocabulary vocabulary, double alpha)
    {
        double tilt = Tilt(automaton, vocabulary, alpha);
        var factors = new (double Weight, int Exponent)[automaton.Count];
        bool isPlain = true;
        for (int piece = 0; piece < factors.Length; piece++)
        {
            int length = vocabulary.GetPiece(piece + Vocabulary.FirstPieceId).Length;
            double factor = PlainExp.Split((alpha * automaton.Score(piece)) + (tilt * length), out int exponent);
            factors[piece] = (factor, exponent);
            isPlain &= Math.Abs(exponent) < PlainBits;
        }

        int count = CountMatches(automaton, vocabulary);
        WeightedPiece[] pieces = GC.AllocateUninitializedArray<WeightedPiece>(count, pinned: true);
        int[] scales = isPlain ? [] : GC.AllocateUninitializedArray<int>(count, pinned: true);
        for (int i = 0; i < pieces.Length; i++)
        {
            PieceMatch match = automaton.Matches[i];
            (double factor, int exponent) = factors[match.Piece];
            int scale = 0;
            if (!isPlain)
            {
                // Rounds down, so that what is left is in 0 … ScaleBits − 1.
                scale = exponent >> 7;
                scales[i] = scale;
            }

            pieces[i] = new WeightedPiece(Math.ScaleB(factor, exponent - (scale * ScaleBits)), match.Length, match.Piece);
        }

        GC.KeepAlive(automaton);
        return (pieces, scales);
    }

    // Every state is a prefix of a piece, and every list belongs to a state.
    private static int CountMatches(PieceAutomaton automaton, Vocabulary vocabulary)
    {
        int count = 0;
        for (int piece = 0; piece < automaton.Count; piece++)
        {
            int state = PieceAutomaton.Root;
            foreach (byte value in vocabulary.GetPiece(piece + Vocabulary.FirstPieceId))
            {
                state = automaton.Step(state, value);
                count = Math.Max(count, automaton.Units[state].Matches + automaton.MatchesAt(state).Length);
            }
        }

        GC.KeepAlive(automaton);
        return count;
    }
}
