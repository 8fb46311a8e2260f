using System.Runtime.CompilerServices;

namespace Bytemill.Tokenization;

/// <summary>
/// Checks that nothing in an automaton from a file leads outside its memory or round in circles. Linear: each slot and each match
/// is looked at once.
/// </summary>
/// <remarks>
/// That its scores and pieces are those of a vocabulary is not checked here: wrong ones give other ids, but do no harm.
/// </remarks>
internal static unsafe class AutomatonCheck
{
    /// <exception cref="ArgumentException">Something is out of place.</exception>
    // Runs once, in a fresh process too: unoptimised code would take longer than all else in loading.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(AutomatonLayout layout, AutomatonUnit* units, ushort* depths, PieceMatch* matches, double* scores)
    {
        CheckMatches(layout, matches, scores);
        // Without a parent it is nobody's child, so that no step ends at it.
        AutomatonUnit root = units[PieceAutomaton.Root];
        if (root.Base != 0 || root.Fail != PieceAutomaton.Root || root.Check != -1 || depths[PieceAutomaton.Root] != 0)
        {
            Throw.NotAnAutomaton("its root is not one");
        }

        for (int value = 0; value < 256; value++)
        {
            if (units[value].Check != PieceAutomaton.Root)
            {
                Throw.NotAnAutomaton("its root has no child for some byte");
            }
        }

        uint slots = (uint)layout.Slots;
        uint matchCount = (uint)layout.Matches;
        for (uint slot = 0; slot < slots; slot++)
        {
            AutomatonUnit unit = units[slot];
            if ((uint)unit.Base >= slots || (uint)unit.Fail >= slots || (uint)unit.Matches >= matchCount)
            {
                Throw.NotAnAutomaton("a slot leads outside it", slot);
            }

            int depth = depths[slot];
            if (depth == 0)
            {
                // The root, or unused: no state has it as a child, and none may fall back on it.
                if (slot != PieceAutomaton.Root && unit.Check != -1)
                {
                    Throw.NotAnAutomaton("a state has no depth", slot);
                }

                continue;
            }

            if ((uint)unit.Check >= slots || depth > layout.LongestPiece || depth != depths[unit.Check] + 1
                || (depth == 1 && unit.Check != PieceAutomaton.Root))
            {
                Throw.NotAnAutomaton("a state is not one deeper than its parent", slot);
            }

            // Falling back makes states shallower, so it ends at the root, which has a child for every byte.
            int shallower = depths[unit.Fail];
            if (unit.Fail != PieceAutomaton.Root && (shallower == 0 || shallower >= depth))
            {
                Throw.NotAnAutomaton("a state falls back on one as deep", slot);
            }

            if (matches[unit.Matches].Length > depth)
            {
                Throw.NotAnAutomaton("a piece is longer than the text before its end", slot);
            }
        }
    }

    // Lists get shorter to the piece of one byte that ends them, so one that begins anywhere ends.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void CheckMatches(AutomatonLayout layout, PieceMatch* matches, double* scores)
    {
        int previous = 1;
        for (long i = 0; i < layout.Matches; i++)
        {
            int length = matches[i].Length;
            if (length < 1 || (previous != 1 && length >= previous) || (uint)matches[i].Piece >= (uint)layout.Pieces
                || matches[i].Score != scores[matches[i].Piece])
            {
                Throw.NotAnAutomaton("a list of pieces is out of order", i);
            }

            previous = length;
        }

        if (previous != 1)
        {
            Throw.NotAnAutomaton("its last list of pieces has no end");
        }

        for (int piece = 0; piece < layout.Pieces; piece++)
        {
            if (!(scores[piece] <= 0) || double.IsInfinity(scores[piece]))
            {
                Throw.NotAnAutomaton("a score is no logarithm of a probability", piece);
            }
        }
    }
}
