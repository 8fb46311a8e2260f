using Bytemill.Pipeline;

namespace Bytemill.Tests;

public class TaskBoardTests
{
    private static readonly StageSpec s_stage = new(1, StageKind.CountNGrams, 3, new StageInputs());

    [Fact]
    public void TakeNext_GivesTasksInOrderUntilNoneWaits()
    {
        var board = new TaskBoard<string>(s_stage);
        Assert.Equal((0, 1), board.TakeNext("a"));
        Assert.Equal((1, 1), board.TakeNext("b"));
        Assert.Equal((2, 1), board.TakeNext("a"));
        Assert.Null(board.TakeNext("b"));
    }

    [Fact]
    public void Complete_SecondAttempt_IsTurnedAwayAndTheFirstStaysAccepted()
    {
        var board = new TaskBoard<string>(s_stage);
        board.TakeNext("a");
        Assert.Equal([(0, 1)], board.Lose("a"));
        Assert.Equal((0, 2), board.TakeNext("b"));
        Assert.True(board.Complete(0, "first", new TaskMetrics { Units = 5 }));
        Assert.False(board.Complete(0, "second", new TaskMetrics { Units = 5 }));
        Assert.True(board.Complete(0, "first", new TaskMetrics { Units = 5 }));
        Assert.Equal(1, board.CommittedCount);
    }

    [Fact]
    public void Complete_AttemptGivenUpAsLost_CountsAndLeavesTheQueue()
    {
        var board = new TaskBoard<string>(s_stage);
        board.TakeNext("a");
        board.Lose("a");
        Assert.True(board.Complete(0, "late", new TaskMetrics()));
        Assert.Equal([1, 2], board.Waiting);
    }

    [Fact]
    public void Fail_OldAttempt_ChangesNothing()
    {
        var board = new TaskBoard<string>(s_stage);
        board.TakeNext("a");
        board.Lose("a");
        board.TakeNext("b");
        Assert.False(board.Fail(0, attempt: 1, new FailedAttempt(1, "a", "broken")));
        Assert.Equal([1, 2], board.Waiting);
        Assert.Empty(board.FailuresOf(0));
        Assert.True(board.Fail(0, attempt: 2, new FailedAttempt(2, "b", "broken")));
        Assert.Equal([0, 1, 2], board.Waiting);
        Assert.Equal([new FailedAttempt(2, "b", "broken")], board.FailuresOf(0));
        Assert.Equal(0, board.DeathsOf(0));
    }

    [Fact]
    public void LoseAll_PutsEveryRunningTaskBackAndLeavesWhatIsCommitted()
    {
        var board = new TaskBoard<string>(s_stage);
        board.TakeNext("a");
        board.TakeNext("b");
        board.Complete(0, "d0", new TaskMetrics());
        board.LoseAll();
        Assert.Equal([1, 2], board.Waiting);
        Assert.Empty(board.HeldBy("b"));
        Assert.Equal(0, board.RunningCount);

        // Its attempts are told apart from those before.
        Assert.Equal((1, 2), board.TakeNext("b"));
        Assert.Equal([(1, 2)], board.HeldBy("b"));
    }

    [Fact]
    public void Die_CountsDeathsBesideFailures()
    {
        var board = new TaskBoard<string>(s_stage);
        board.TakeNext("a");
        board.Lose("a");
        Assert.Equal(1, board.Die(0, new FailedAttempt(1, "a", "gone")));
        board.TakeNext("b");
        board.Fail(0, 2, new FailedAttempt(2, "b", "broken"));
        board.TakeNext("c");
        board.Lose("c");
        Assert.Equal(2, board.Die(0, new FailedAttempt(3, "c", "gone")));
        Assert.Equal([1, 2, 3], board.FailuresOf(0).Select(failure => failure.Attempt));
        Assert.Equal(2, board.DeathsOf(0));
    }

    [Fact]
    public void TickSilence_NamesAttemptsThatSaidNothingForSoLong()
    {
        var board = new TaskBoard<string>(s_stage);
        board.TakeNext("a");
        board.TakeNext("b");
        Assert.Empty(board.TickSilence(ticks: 2));
        board.Progress(0, 1, 10);
        Assert.Equal([(1, 1, "b")], board.TickSilence(ticks: 2));
        Assert.Equal([(0, 1, "a")], board.TickSilence(ticks: 2));
    }

    [Fact]
    public void HeldBy_IsWhatAnOwnerRuns()
    {
        var board = new TaskBoard<string>(s_stage);
        board.TakeNext("a");
        board.TakeNext("b");
        board.TakeNext("a");
        Assert.Equal([(0, 1), (2, 1)], board.HeldBy("a"));
        board.Complete(0, "d0", new TaskMetrics());
        Assert.Equal([(2, 1)], board.HeldBy("a"));
        Assert.True(board.TryGetOwner(1, out string? owner));
        Assert.Equal("b", owner);
        Assert.False(board.TryGetOwner(0, out _));
    }

    [Fact]
    public void DoneUnits_AreThoseOfCommittedAndRunningTasks()
    {
        var board = new TaskBoard<string>(s_stage);
        board.TakeNext("a");
        board.TakeNext("b");
        board.Progress(0, 1, 10);
        board.Progress(1, 1, 4);
        board.Progress(1, 9, 1000);
        Assert.Equal(14, board.DoneUnits);
        board.Complete(0, "d0", new TaskMetrics { Units = 30 });
        Assert.Equal(34, board.DoneUnits);
        board.Lose("b");
        Assert.Equal(30, board.DoneUnits);
    }

    [Fact]
    public void ToManifest_ListsCommittedAttemptsInOrderOfTasks()
    {
        var board = new TaskBoard<string>(s_stage);
        for (int i = 0; i < 3; i++)
        {
            board.TakeNext("a");
        }

        foreach (int index in (int[])[2, 0, 1])
        {
            Assert.False(board.IsComplete);
            board.Complete(index, $"d{index}", new TaskMetrics { Entries = index });
        }

        Assert.True(board.IsComplete);
        StageManifest manifest = board.ToManifest();
        Assert.Equal(["d0", "d1", "d2"], manifest.AttemptDirectories);
        Assert.Equal([0, 1, 2], manifest.Metrics.Select(metrics => metrics.Entries));
    }
}
