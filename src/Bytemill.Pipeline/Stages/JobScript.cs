using System.Collections.Immutable;
using Bytemill.Training;

namespace Bytemill.Pipeline;

/// <summary>
/// Which stage comes next: a pure function of the job, its plan and the totals of the stages done. The coordinator only
/// carries it out, so a coordinator that recovers these totals stands where the old one stood.
/// </summary>
internal sealed record JobScript
{
    private JobScript(JobSpec spec, JobSize size)
    {
        Spec = spec;
        Size = size;
        Pruning = PruningState.Start(spec.Training.MaxVocabSizes, spec.PruneTogetherBelow);
    }

    private JobSpec Spec { get; init; }

    private JobSize Size { get; init; }

    private PruningState Pruning { get; init; }

    // Where the products of earlier stages are; every later stage takes its inputs from here.
    private StageInputs Products { get; init; } = new();

    // Read by every stage that reads the input, and at the end, for the manifest.
    private string LeftOut { get; init; } = "";

    // Read once more at the end, where they are kept.
    private string Counts { get; init; } = "";

    /// <summary>The stage to run now; <c>null</c> when the job is done.</summary>
    public StageSpec? Current { get; private init; }

    /// <summary>Manifests whose files a later stage may still read; all others can be deleted.</summary>
    public ImmutableHashSet<string> Live => [.. Products.All().Concat(Current?.Inputs.All() ?? [])];

    public static JobScript Start(JobSpec spec, JobSize size)
    {
        var script = new JobScript(spec, size);
        return spec.LeavesOut ? script.Enter(1, StageKind.CheckInput, size.Partitions, new StageInputs()) : script.EnterReading(1);
    }

    /// <summary>The script after its current stage completed.</summary>
    /// <param name="entries">Sum of <see cref="TaskMetrics.Entries"/> over the stage's tasks.</param>
    public JobScript Advance(long entries)
    {
        StageSpec done = Current ?? throw new InvalidOperationException("The job is finished; there is no stage to complete.");
        string made = done.ManifestName;
        int next = done.Number + 1;
        switch (done.Kind)
        {
            case StageKind.CheckInput:
                return (this with { LeftOut = made }).EnterReading(next);
            case StageKind.CountNGrams:
                return (this with { Counts = Spec.KeepCounts ? made : "" }).Enter(next, StageKind.MergeNGrams, Size.NGramShards, new StageInputs { Runs = made });
            case StageKind.MergeNGrams:
                return Enter(next, StageKind.BuildModel, 1, new StageInputs { Slices = made });
            case StageKind.BuildModel:
                return Enter(next, StageKind.SegmentPieces, Size.Partitions, new StageInputs { NGramModel = made });
            case StageKind.SegmentPieces:
                return (this with { Products = new StageInputs { Runs = made } }).EnterPruning(next);
            case StageKind.FilterPieces or StageKind.CutSlices:
                return AfterPruning(entries, Products with { Runs = "", Ranked = "", Cut = "", Kept = made, Dropped = made }, next);
            case StageKind.SplitDropped:
                return AfterPruning(entries, Products with { Dropped = "", Base = Products.Kept, Runs = made }, next);
            case StageKind.SplitKept:
                return AfterPruning(entries, Products with { Runs = made }, next);
            case StageKind.CombineWithBase or StageKind.Combine:
                return AfterPruning(entries, Products with { Base = "", Runs = "", Kept = made }, next);
            case StageKind.RankSlices:
                // The cut is found by the coordinator over all shards, so the ranking step has two stages.
                return (this with { Products = Products with { Ranked = made } })
                    .Enter(next, StageKind.FindCut, 1, new StageInputs { Ranked = made }, done.Argument);
            case StageKind.FindCut:
                return AfterPruning(entries, Products with { Ranked = "", Cut = made }, next);
            case StageKind.EmitVocabulary:
                return AfterPruning(
                    entries,
                    Products with { Vocabularies = StageInputs.AppendVocabulary(Products.Vocabularies, done.Argument, made) },
                    next);
            case StageKind.PruneTogether:
                string vocabularies = StageInputs.AppendVocabulary(Products.Vocabularies, done.Argument, made);
                return AfterPruning(entries, new StageInputs { Kept = made, Vocabularies = vocabularies }, next);
            case StageKind.TokenizeFiles when Size.ShuffledFiles > 0:
                return Enter(next, StageKind.ShuffleRows, Size.ShuffledFiles, new StageInputs { Vocabularies = Products.Vocabularies, Tokenized = made }, done.Argument);
            case StageKind.TokenizeFiles or StageKind.ShuffleRows:
                return (this with { Products = Products with { Tokenized = made } }).Publish(next);
            case StageKind.PublishResults:
                return this with { Current = null, Products = new StageInputs() };
            default:
                throw new InvalidOperationException($"Unknown kind of stage {done.Kind}.");
        }
    }

    /// <summary>The script at its current stage, which goes on under another number.</summary>
    public JobScript Renumber(int number) =>
        this with { Current = (Current ?? throw new InvalidOperationException("The job is finished; there is no stage to go back to.")) with { Number = number } };

    private JobScript EnterReading(int number) => Spec.Mode == JobMode.Tokenize
        ? Enter(number, StageKind.TokenizeFiles, Size.TokenizedFiles, new StageInputs())
        : Enter(number, StageKind.CountNGrams, Size.Partitions, new StageInputs());

    private JobScript AfterPruning(long entries, StageInputs products, int next) =>
        (this with { Products = products, Pruning = Pruning.Next(entries) }).EnterPruning(next);

    private JobScript EnterPruning(int number)
    {
        int shards = Size.PieceShards;
        switch (Pruning.Step)
        {
            case PruningStep.FilterSlices:
                return Enter(number, StageKind.FilterPieces, shards, new StageInputs { Runs = Products.Runs });
            case PruningStep.SplitDropped:
                return Enter(number, StageKind.SplitDropped, shards, new StageInputs { Kept = Products.Kept, Dropped = Products.Dropped });
            case PruningStep.SplitKept:
                return Enter(number, StageKind.SplitKept, shards, new StageInputs { Kept = Products.Kept });
            case PruningStep.Combine { WithBase: true }:
                return Enter(number, StageKind.CombineWithBase, shards, new StageInputs { Runs = Products.Runs, Base = Products.Base });
            case PruningStep.Combine:
                return Enter(number, StageKind.Combine, shards, new StageInputs { Runs = Products.Runs });
            case PruningStep.RankSlices rank:
                return Enter(number, StageKind.RankSlices, shards, new StageInputs { Kept = Products.Kept }, rank.Keep);
            case PruningStep.CutSlices:
                return Enter(number, StageKind.CutSlices, shards, new StageInputs { Kept = Products.Kept, Cut = Products.Cut });
            case PruningStep.EmitVocabulary emit:
                return Enter(number, StageKind.EmitVocabulary, 1, new StageInputs { Kept = Products.Kept }, emit.Size);
            case PruningStep.PruneTogether together:
                return Enter(number, StageKind.PruneTogether, 1, new StageInputs { Kept = Products.Kept, Runs = Products.Runs }, together.Size);
            case PruningStep.Finished:
                JobScript trained = this with { Products = new StageInputs { Vocabularies = Products.Vocabularies } };
                return Spec.Mode == JobMode.Train
                    ? trained.Publish(number)
                    : trained.Enter(number, StageKind.TokenizeFiles, Size.TokenizedFiles, new StageInputs { Vocabularies = Products.Vocabularies }, Spec.TokenizingSize);
            default:
                throw new InvalidOperationException($"Unknown pruning step {Pruning.Step}.");
        }
    }

    private JobScript Publish(int number) =>
        Enter(number, StageKind.PublishResults, 1, new StageInputs { Vocabularies = Products.Vocabularies, Tokenized = Products.Tokenized });

    private JobScript Enter(int number, StageKind kind, int tasks, StageInputs inputs, int argument = 0) =>
        this with { Current = new StageSpec(number, kind, tasks, inputs with { LeftOut = LeftOut, Counts = Counts }, argument) };
}
