using System.Collections.Immutable;

namespace Bytemill.Chaos;

/// <summary>The tasks of the job that is run in every round, as an undisturbed run logs them.</summary>
/// <param name="Stages">Kind of stage and number of its tasks, in the order in which they ended.</param>
public sealed record JobProfile(ImmutableArray<(string Kind, int Tasks)> Stages)
{
    /// <summary>Reads the log of a whole job.</summary>
    public static JobProfile Read(IEnumerable<string> log)
    {
        var order = new List<string>();
        var tasks = new Dictionary<string, HashSet<(int, int)>>(StringComparer.Ordinal);
        foreach (FinishedTask task in log.Select(FinishedTask.Parse).OfType<FinishedTask>())
        {
            if (!tasks.TryGetValue(task.Kind, out HashSet<(int, int)>? known))
            {
                tasks.Add(task.Kind, known = []);
                order.Add(task.Kind);
            }

            known.Add((task.Stage, task.Index));
        }

        return order.Count > 0
            ? new JobProfile([.. order.Select(kind => (kind, tasks[kind].Count))])
            : throw new ChaosException("The undisturbed run logged no finished task: has the text of the log changed? See FinishedTask.");
    }

    /// <summary>Number of tasks.</summary>
    public int Tasks => Stages.Sum(stage => stage.Tasks);
}
