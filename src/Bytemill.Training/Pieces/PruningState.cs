using System.Collections.Immutable;

namespace Bytemill.Training;

/// <summary>Says which step of pruning comes next. Pure: the same piece totals give the same steps, wherever they are carried out.</summary>
/// <remarks>
/// Filter, split what was dropped and add it to what was kept; then the waste loop: split the kept pieces by themselves until
/// their number stays. Then by size, from the largest: if more than size − 3 pieces remain, cut, split what was cut off, add it,
/// and the waste loop again. As in bytepiece 0.6.3 (<c>prune_pieces</c>). Once few pieces are left, barriers over shards cost more
/// than they gain: then one place takes all the steps to a vocabulary (<see cref="PruningStep.PruneTogether"/>), with the same result.
/// </remarks>
public sealed record PruningState
{
    private PruningState(ImmutableArray<int> sizes, long togetherBelow)
    {
        Sizes = sizes;
        TogetherBelow = togetherBelow;
    }

    /// <summary>A round over so many pieces takes one place about as long as the barriers of a round over shards.</summary>
    public const long DefaultTogetherBelow = 1 << 18;

    /// <summary>Sizes to emit, distinct and descending.</summary>
    public ImmutableArray<int> Sizes { get; private init; }

    /// <summary>With fewer kept pieces than this, one place does what is left of a size; 0 for never.</summary>
    public long TogetherBelow { get; private init; }

    /// <summary>How many vocabularies have been emitted.</summary>
    public int Emitted { get; private init; }

    /// <summary>How many steps have been done.</summary>
    public int StepNumber { get; private init; }

    /// <summary>Kept pieces over all shards, as last told.</summary>
    public long Pieces { get; private init; }

    /// <summary>What to do now.</summary>
    public PruningStep Step { get; private init; } = new PruningStep.FilterSlices();

    /// <param name="maxVocabSizes">Sizes wanted, each at least 259; in any order, duplicates count once.</param>
    /// <param name="togetherBelow">Sets <see cref="TogetherBelow"/>; changes no result.</param>
    /// <exception cref="ArgumentException">No size, or one that is too small.</exception>
    public static PruningState Start(ImmutableArray<int> maxVocabSizes, long togetherBelow = 0)
    {
        new TrainerOptions { MaxVocabSizes = maxVocabSizes }.Validate();
        return new PruningState([.. maxVocabSizes.Distinct().OrderDescending()], togetherBelow);
    }

    /// <summary>The steps that make up <paramref name="step"/>, for one shard that holds all pieces; they end by emitting its size.</summary>
    /// <param name="step">What to do.</param>
    /// <param name="pieces">Kept pieces that it begins with.</param>
    public static PruningState Unfold(PruningStep.PruneTogether step, long pieces)
    {
        ArgumentNullException.ThrowIfNull(step);
        PruningState state = Start([step.Size]) with { Pieces = pieces };
        return step.WithParts ? state with { Step = new PruningStep.Combine(WithBase: true) } : state.AfterWaste();
    }

    /// <summary>The state after <see cref="Step"/> has been done by every shard.</summary>
    /// <param name="piecesAfterStep">Kept pieces over all shards after the step. Steps that change no kept slice
    /// (splitting, ranking, emitting) leave the total as it was, and the value is not looked at.</param>
    /// <exception cref="ArgumentOutOfRangeException">The total cannot be what the step left.</exception>
    /// <exception cref="InvalidOperationException">Pruning is finished.</exception>
    public PruningState Next(long piecesAfterStep) => Step switch
    {
        PruningStep.FilterSlices => Go(new PruningStep.SplitDropped(), Checked(piecesAfterStep, long.MaxValue)),
        PruningStep.SplitDropped => Pieces < TogetherBelow
            ? Go(new PruningStep.PruneTogether(Sizes[Emitted], WithParts: true), Pieces)
            : Go(new PruningStep.Combine(WithBase: true), Pieces),
        // What was dropped is split into kept pieces: their number stays.
        PruningStep.Combine { WithBase: true } => Go(new PruningStep.SplitKept(), Checked(piecesAfterStep, Pieces)),
        PruningStep.SplitKept => Go(new PruningStep.Combine(WithBase: false), Pieces),
        PruningStep.Combine => Checked(piecesAfterStep, Pieces) == Pieces
            ? AfterWaste()
            : Go(new PruningStep.SplitKept(), piecesAfterStep),
        PruningStep.RankSlices => Go(new PruningStep.CutSlices(), Pieces),
        PruningStep.CutSlices => Go(new PruningStep.SplitDropped(), Checked(piecesAfterStep, Pieces)) with { IsCut = true },
        PruningStep.EmitVocabulary => (this with { Emitted = Emitted + 1, IsCut = false }).AfterWaste(),
        PruningStep.PruneTogether =>
            (this with { Emitted = Emitted + 1, IsCut = false, Pieces = Checked(piecesAfterStep, Pieces) }).AfterWaste(),
        _ => throw new InvalidOperationException("Pruning is finished; no step is left."),
    };

    /// <summary>Whether the cut to the size at hand has been made.</summary>
    public bool IsCut { get; private init; }

    private PruningState AfterWaste()
    {
        if (Emitted == Sizes.Length)
        {
            return Go(new PruningStep.Finished(), Pieces);
        }

        int size = Sizes[Emitted];
        if (Pieces < TogetherBelow)
        {
            return Go(new PruningStep.PruneTogether(size, WithParts: false), Pieces);
        }

        int keep = size - (TrainerOptions.SmallestVocabSize - 256);
        return !IsCut && Pieces > keep
            ? Go(new PruningStep.RankSlices(keep), Pieces)
            : Go(new PruningStep.EmitVocabulary(size), Pieces);
    }

    private PruningState Go(PruningStep step, long pieces) => this with { Step = step, Pieces = pieces, StepNumber = StepNumber + 1 };

    private long Checked(long pieces, long most)
    {
        // 256 single bytes are never dropped.
        if (pieces < 256 || pieces > most)
        {
            throw new ArgumentOutOfRangeException(
                nameof(pieces), pieces, $"After {Step.GetType().Name}, from {Pieces} pieces, the total must be in [256..{most}].");
        }

        return pieces;
    }
}
