using System.Collections.Immutable;
using Bytemill.Pipeline;
using Bytemill.Web.Dashboard;
using CsCheck;

namespace Bytemill.Tests;

public class TaskBinTests
{
    private static readonly Gen<TaskCell> s_cells = Gen.Select(Gen.Enum<TaskState>(), Gen.Bool, Gen.Bool).Select((state, slow, troubled) => new TaskCell(state, slow, troubled));

    [Fact]
    public void Of_AnyTasks_CoversEachOnce() =>
        Gen.Select(s_cells.Array[0, 300], Gen.Int[1, 50], Gen.Int[0, 1000]).Sample((cells, most, first) =>
        {
            ImmutableArray<TaskBin> bins = TaskBin.Of([.. cells], first, most);
            Assert.InRange(bins.Length, cells.Length == 0 ? 0 : 1, most);
            Assert.Equal(cells.Length, bins.Sum(bin => bin.Count));
            Assert.Equal(bins.Select((_, i) => first + bins.Take(i).Sum(bin => bin.Count)), bins.Select(bin => bin.First));
            Assert.Equal(cells.Count(cell => cell.State == TaskState.Done), bins.Sum(bin => bin.Done));
            Assert.Equal(cells.Count(cell => cell.State == TaskState.Running), bins.Sum(bin => bin.Running));
            Assert.Equal(cells.Count(cell => cell.State == TaskState.Failed), bins.Sum(bin => bin.Failed));
            Assert.Equal(cells.Count(cell => cell.IsStraggler), bins.Sum(bin => bin.Stragglers));
            Assert.Equal(cells.Count(cell => cell.IsTroubled), bins.Sum(bin => bin.Troubled));
            if (cells.Length <= most)
            {
                Assert.Equal(cells.Select(cell => cell.State), bins.Select(bin => bin.State));
            }
        });

    [Theory]
    [InlineData(4, 0, 0, TaskState.Done)]
    [InlineData(0, 0, 0, TaskState.Waiting)]
    [InlineData(1, 0, 0, TaskState.Running)]
    [InlineData(1, 2, 0, TaskState.Running)]
    [InlineData(1, 2, 1, TaskState.Failed)]
    public void State_OfFourTasks_IsWhatNeedsLookingAt(int done, int running, int failed, TaskState expected) =>
        Assert.Equal(expected, new TaskBin(0, 4, done, running, failed, 0, 0).State);
}
