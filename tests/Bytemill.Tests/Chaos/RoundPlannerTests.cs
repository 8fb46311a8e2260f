using Bytemill.Chaos;
using CsCheck;

namespace Bytemill.Tests;

public class RoundPlannerTests
{
    private static readonly JobProfile s_profile = new(
        [("CountNGrams", 7), ("MergeNGrams", 8), ("BuildModel", 1), ("SegmentPieces", 7), ("PruneTogether", 2), ("TokenizeFiles", 6), ("PublishResults", 1)]);

    [Fact]
    public void Plan_SameSeedAndRound_IsTheSame() =>
        Gen.Select(Gen.Int, Gen.Int[1, 1_000]).Sample((seed, round) =>
        {
            RoundPlan one = Planner(seed).Plan(round);
            RoundPlan two = Planner(seed).Plan(round);
            return one.Picks.SequenceEqual(two.Picks) && one with { Picks = default } == two with { Picks = default };
        });

    [Fact]
    public void Plan_AsManyRoundsAsFaults_HaveEachOnce() =>
        Gen.Select(Gen.Int, Gen.Int[0, 20]).Sample((seed, block) =>
        {
            RoundPlanner planner = Planner(seed);
            int first = (block * FaultKinds.All.Length) + 1;
            return Enumerable.Range(first, FaultKinds.All.Length).Select(round => planner.Plan(round).Fault).Order().SequenceEqual(FaultKinds.All.Order());
        });

    [Fact]
    public void Plan_Moment_ComesInTheJob() =>
        Gen.Select(Gen.Int, Gen.Int[1, 1_000]).Sample((seed, round) =>
        {
            Moment moment = Planner(seed).Plan(round).Moment;
            int tasks = s_profile.Stages.FirstOrDefault(stage => stage.Kind == moment.Event).Tasks;
            return moment.Event is Moment.Accepted or Moment.Planned ? moment.Count == 1 : moment.Count >= 1 && moment.Count <= Math.Max(1, tasks - 1);
        });

    [Fact]
    public void Plan_OnlySomeEvents_AreTaken()
    {
        var planner = new RoundPlanner(1, [FaultKind.KillCoordinator], s_profile, TimeSpan.FromSeconds(8), [Moment.Accepted, "BuildModel"]);
        Assert.Equal(["Accepted", "BuildModel"], Enumerable.Range(1, 50).Select(round => planner.Plan(round).Moment.Event).Distinct().Order());
        ChaosException fault = Assert.Throws<ChaosException>(
            () => new RoundPlanner(1, [FaultKind.KillWorker], s_profile, TimeSpan.FromSeconds(8), ["BuildModel"]));
        Assert.Contains("CountNGrams", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Choose_NeverTakesOneTwice() =>
        Gen.Select(Gen.Int, Gen.Int[1, 100], Gen.Int[1, 6], Gen.Int[1, 8]).Sample((seed, round, candidates, count) =>
        {
            var chosen = Planner(seed).Plan(round).Choose([.. Enumerable.Range(0, candidates)], count);
            return chosen.Length == Math.Min(candidates, count) && chosen.Distinct().Count() == chosen.Length;
        });

    [Fact]
    public void Name_EveryFault_IsParsedBack() => Assert.All(FaultKinds.All, fault => Assert.Equal(fault, FaultKinds.Parse(fault.Name())));

    [Fact]
    public void Read_LogOfAJob_CountsItsTasks()
    {
        JobProfile profile = JobProfile.Read(
        [
            "12:00:00.000 info  worker-0: Finished CountNGrams 1 of stage 1: 5 entries, 7 bytes of text",
            "12:00:00.000 info  coordinator: Worker 127.0.0.1:4171/worker-0 joined; 1 workers",
            "12:00:00.001 info  worker-0: Finished CountNGrams 0 of stage 1: 5 entries, 7 bytes of text",
            "12:00:00.002 info  PieceShard: Finished PruneTogether 0 of stage 7: 3994 entries, 0 bytes of text",
            "12:00:00.003 info  PieceShard: Finished PruneTogether 0 of stage 8: 992 entries, 0 bytes of text",
        ]);
        Assert.Equal([("CountNGrams", 2), ("PruneTogether", 2)], profile.Stages);
    }

    private static RoundPlanner Planner(int seed) => new(seed, FaultKinds.All, s_profile, TimeSpan.FromSeconds(8), []);
}
