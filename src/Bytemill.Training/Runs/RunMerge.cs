namespace Bytemill.Training;

/// <summary>Merging in several passes, so that no more than a fixed number of runs is open at once.</summary>
internal static class RunMerge
{
    /// <summary>Runs merged at once: 64 blocks of 128 kB are 8 MB.</summary>
    public const int FanIn = 64;

    /// <summary>Merges groups of runs into scratch runs until at most <paramref name="fanIn"/> are left. Takes over the sources.
    /// <paramref name="kind"/> is what <paramref name="merge"/> writes.</summary>
    public static List<RunSource> Reduce(
        List<RunSource> sources, RunKind kind, int fanIn, IScratchSpace scratch, Action<IReadOnlyList<RunSource>, Stream> merge, CancellationToken ct)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(fanIn, 2);
        while (sources.Count > fanIn)
        {
            var merged = new List<RunSource>();
            for (int start = 0; start < sources.Count; start += fanIn)
            {
                ct.ThrowIfCancellationRequested();
                List<RunSource> group = sources.GetRange(start, Math.Min(fanIn, sources.Count - start));
                if (group.Count == 1)
                {
                    merged.Add(group[0]);
                    continue;
                }

                Stream stream = scratch.Create();
                merge(group, stream);
                group.ForEach(source => source.Dispose());
                merged.Add(new RunSource(stream, kind));
            }

            sources = merged;
        }

        return sources;
    }
}
