namespace Bytemill.Pipeline;

/// <summary>
/// The newest coordinator that this node has heard of, for each job: one that was paused, and has been replaced without
/// knowing it, gives no more work out here.
/// </summary>
internal sealed class JobEpochs
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, long> _highest = new(StringComparer.Ordinal);

    /// <summary>Takes note of the epoch; <c>false</c> when a newer one is known.</summary>
    public bool Admit(JobReference job)
    {
        lock (_gate)
        {
            if (_highest.TryGetValue(job.JobId, out long highest) && highest > job.Epoch)
            {
                return false;
            }

            _highest[job.JobId] = job.Epoch;
            return true;
        }
    }

    /// <summary>Whether no newer epoch is known.</summary>
    public bool IsLatest(JobReference job)
    {
        lock (_gate)
        {
            return !_highest.TryGetValue(job.JobId, out long highest) || highest <= job.Epoch;
        }
    }
}
