using System.Collections.Immutable;
using Bytemill.Pipeline;

namespace Bytemill.Web.Dashboard;

/// <summary>Neighbouring tasks that share a cell of a grid.</summary>
/// <param name="First">Index of the first.</param>
/// <param name="Count">How many.</param>
/// <param name="Done">How many are done.</param>
/// <param name="Running">How many run.</param>
/// <param name="Failed">How many wait after an attempt that came to nothing.</param>
/// <param name="Stragglers">How many run and take long.</param>
/// <param name="Troubled">Of how many an attempt came to nothing.</param>
public readonly record struct TaskBin(int First, int Count, int Done, int Running, int Failed, int Stragglers, int Troubled)
{
    /// <summary>Puts tasks into cells: one each as long as there are few enough, else as many in each as it takes.</summary>
    /// <param name="cells">The tasks.</param>
    /// <param name="first">Index of the first of them.</param>
    /// <param name="most">Cells at most.</param>
    public static ImmutableArray<TaskBin> Of(ImmutableArray<TaskCell> cells, int first, int most)
    {
        int each = Math.Max(1, (cells.Length + most - 1) / most);
        var bins = ImmutableArray.CreateBuilder<TaskBin>((cells.Length + each - 1) / each);
        for (int start = 0; start < cells.Length; start += each)
        {
            int count = Math.Min(each, cells.Length - start);
            var bin = new TaskBin(first + start, count, 0, 0, 0, 0, 0);
            foreach (TaskCell cell in cells.AsSpan(start, count))
            {
                bin = bin with
                {
                    Done = bin.Done + (cell.State == TaskState.Done ? 1 : 0),
                    Running = bin.Running + (cell.State == TaskState.Running ? 1 : 0),
                    Failed = bin.Failed + (cell.State == TaskState.Failed ? 1 : 0),
                    Stragglers = bin.Stragglers + (cell.IsStraggler ? 1 : 0),
                    Troubled = bin.Troubled + (cell.IsTroubled ? 1 : 0),
                };
            }

            bins.Add(bin);
        }

        return bins.DrainToImmutable();
    }

    /// <summary>The state that the cell shows: what needs looking at before what goes well.</summary>
    public TaskState State => Failed > 0 ? TaskState.Failed : Running > 0 ? TaskState.Running : Done == Count ? TaskState.Done : Done > 0 ? TaskState.Running : TaskState.Waiting;
}
