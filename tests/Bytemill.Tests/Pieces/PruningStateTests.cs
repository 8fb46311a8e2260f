using System.Collections.Immutable;
using Bytemill.Training;
using CsCheck;
using static Bytemill.Training.PruningStep;

namespace Bytemill.Tests;

public class PruningStateTests
{
    [Fact]
    public void Next_NothingWasted_EmitsAfterOneWasteRound()
    {
        AssertSteps(
            [2000],
            (new FilterSlices(), 1000),
            (new SplitDropped(), 1000),
            (new Combine(true), 1000),
            (new SplitKept(), 1000),
            (new Combine(false), 1000),
            (new EmitVocabulary(2000), 1000));
    }

    [Fact]
    public void Next_TwoSizesAndWaste_CutsOnlyWhereThereAreTooMany()
    {
        // The sizes come in any order; 3000 is met by waste alone, 600 exactly by V - 3 pieces, 500 needs a cut.
        AssertSteps(
            [500, 3000, 600, 500],
            (new FilterSlices(), 4000),
            (new SplitDropped(), 4000),
            (new Combine(true), 4000),
            (new SplitKept(), 4000),
            (new Combine(false), 3500),
            (new SplitKept(), 3500),
            (new Combine(false), 3500),
            (new RankSlices(2997), 3500),
            (new CutSlices(), 2997),
            (new SplitDropped(), 2997),
            (new Combine(true), 2997),
            (new SplitKept(), 2997),
            (new Combine(false), 597),
            (new SplitKept(), 597),
            (new Combine(false), 597),
            (new EmitVocabulary(3000), 597),
            (new EmitVocabulary(600), 597),
            (new RankSlices(497), 597),
            (new CutSlices(), 497),
            (new SplitDropped(), 497),
            (new Combine(true), 497),
            (new SplitKept(), 497),
            (new Combine(false), 497),
            (new EmitVocabulary(500), 497));
    }

    [Fact]
    public void Next_FewPieces_PrunesTogetherFromTheNextSplitOrVocabularyOn()
    {
        PruningState state = PruningState.Start([900, 500, 300], togetherBelow: 800);
        foreach ((PruningStep step, long pieces) in new (PruningStep, long)[]
        {
            (new FilterSlices(), 2000),
            (new SplitDropped(), 2000),
            (new Combine(true), 2000),
            (new SplitKept(), 2000),
            (new Combine(false), 2000),
            (new RankSlices(897), 2000),
            (new CutSlices(), 897),
            (new SplitDropped(), 897),
            (new Combine(true), 897),
            (new SplitKept(), 897),
            (new Combine(false), 700),
            (new SplitKept(), 700),
            (new Combine(false), 700),
            (new PruneTogether(900, WithParts: false), 700),
            (new PruneTogether(500, WithParts: false), 497),
            (new PruneTogether(300, WithParts: false), 290),
        })
        {
            Assert.Equal(step, state.Step);
            state = state.Next(pieces);
        }

        Assert.Equal((new Finished(), 290), (state.Step, state.Pieces));
        state = PruningState.Start([300], togetherBelow: 800).Next(799).Next(0);
        Assert.Equal(new PruneTogether(300, WithParts: true), state.Step);
        Assert.Throws<ArgumentOutOfRangeException>(() => state.Next(800));
        Assert.Equal(new Finished(), state.Next(297).Step);
    }

    [Fact]
    public void Unfold_PruneTogether_IsTheRoundsUpToItsVocabulary()
    {
        Assert.Equal(new Combine(true), PruningState.Unfold(new PruneTogether(300, WithParts: true), 400).Step);
        Assert.Equal(new RankSlices(297), PruningState.Unfold(new PruneTogether(300, WithParts: false), 400).Step);
        Assert.Equal(new EmitVocabulary(300), PruningState.Unfold(new PruneTogether(300, WithParts: false), 297).Step);
    }

    [Fact]
    public void Next_StepsThatChangeNoKeptSlice_IgnoreTheTotal()
    {
        PruningState state = PruningState.Start([300]).Next(400);
        Assert.Equal(400, state.Next(0).Pieces);
    }

    [Theory]
    [InlineData(255)]
    [InlineData(401)]
    public void Next_ImpossibleTotal_Throws(long pieces)
    {
        PruningState state = PruningState.Start([300]).Next(400).Next(400);
        Assert.Throws<ArgumentOutOfRangeException>(() => state.Next(pieces));
    }

    [Fact]
    public void Start_TooSmallOrNoSize_Throws()
    {
        Assert.Throws<ArgumentException>(() => PruningState.Start([258]));
        Assert.Throws<ArgumentException>(() => PruningState.Start([]));
    }

    [Fact]
    public void Next_AnyTotals_GivesTheStepsOfThePlainLoop() =>
        Gen.Select(Gen.Int[259, 2000].Array[1, 4], Gen.Int[0, 1000].Array[1, 50]).Sample((sizes, losses) =>
        {
            int next = 0;
            long Lose(long pieces) => Math.Max(256, pieces - (losses[next++ % losses.Length] % 3 == 0 ? 0 : losses[next % losses.Length]));
            var expected = new List<(PruningStep, long)>();
            long kept = 2500;
            void Waste()
            {
                while (true)
                {
                    long before = kept;
                    expected.Add((new SplitKept(), kept));
                    // Ends in any case: losses that are all positive reach 256 and stay there.
                    kept = Lose(kept);
                    expected.Add((new Combine(false), kept));
                    if (kept == before)
                    {
                        return;
                    }
                }
            }

            expected.Add((new FilterSlices(), kept));
            expected.Add((new SplitDropped(), kept));
            expected.Add((new Combine(true), kept));
            Waste();
            foreach (int size in sizes.Distinct().OrderDescending())
            {
                if (kept > size - 3)
                {
                    expected.Add((new RankSlices(size - 3), kept));
                    kept = size - 3;
                    expected.Add((new CutSlices(), kept));
                    expected.Add((new SplitDropped(), kept));
                    expected.Add((new Combine(true), kept));
                    Waste();
                }

                expected.Add((new EmitVocabulary(size), kept));
            }

            AssertSteps([.. sizes], [.. expected]);
        });

    private static void AssertSteps(ImmutableArray<int> sizes, params (PruningStep Step, long PiecesAfter)[] expected)
    {
        PruningState state = PruningState.Start(sizes);
        foreach ((PruningStep step, long pieces) in expected)
        {
            Assert.Equal(step, state.Step);
            state = state.Next(pieces);
            Assert.Equal(pieces, state.Pieces);
        }

        Assert.Equal(new Finished(), state.Step);
        Assert.Equal(expected.Length, state.StepNumber);
        Assert.Throws<InvalidOperationException>(() => state.Next(1000));
    }
}
