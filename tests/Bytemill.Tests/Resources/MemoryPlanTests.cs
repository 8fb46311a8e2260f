using Bytemill.Pipeline;

namespace Bytemill.Tests;

public sealed class MemoryPlanTests
{
    [Theory]
    [InlineData(128L << 20, 2)]
    [InlineData(1L << 30, 1)]
    [InlineData(64L << 30, 64)]
    [InlineData(100_000, 3)]
    public void EveryPhase_WithAllItsTasks_StaysWithinTheBudget(long budget, int tasks)
    {
        var plan = new MemoryPlan(budget, tasks);
        Assert.InRange(plan.CountingBytes * tasks, budget / 3, budget);
        Assert.InRange(plan.MergingBytes * tasks, budget / 3, budget);
        Assert.InRange(plan.LoneTaskBytes, budget / 3, budget);
        Assert.InRange(plan.PieceTableBytes + (plan.SplittingBytes * tasks), budget / 3, budget);
        foreach (long model in (long[])[0, budget / 4, budget, 100 * budget])
        {
            long pieces = plan.PieceCountingBytes(model);
            Assert.InRange(pieces, Math.Min(512L << 20, budget / 20 / tasks), budget / tasks);
            Assert.InRange(((pieces + plan.SegmentingBytes(model)) * tasks) + (model <= plan.ModelCopyBytes ? model : 0), 1, budget);
        }
    }
}
