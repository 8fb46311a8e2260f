namespace Bytemill.Pipeline;

/// <summary>
/// The jobs that a node works on. A task holds a lease while it runs, so that a released job's model is not freed
/// under a thread that still reads it.
/// </summary>
internal sealed class JobContextCache : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Entry> _jobs = new(StringComparer.Ordinal);
    private readonly MemoryPlan _memory;
    private readonly ResidentSetGuard _residentSet;
    private readonly Func<string, WorkDirectory> _openWork;

    /// <param name="memory">What the jobs' models may take.</param>
    /// <param name="residentSet">Trims what the jobs map into memory.</param>
    /// <param name="openWork">Opens the work directory of that path.</param>
    public JobContextCache(MemoryPlan memory, ResidentSetGuard residentSet, Func<string, WorkDirectory> openWork) =>
        (_memory, _residentSet, _openWork) = (memory, residentSet, openWork);

    /// <summary>The job's context, loaded from its work directory at first use.</summary>
    public Lease Acquire(JobReference job)
    {
        Entry entry;
        lock (_gate)
        {
            if (!_jobs.TryGetValue(job.JobId, out entry!))
            {
                entry = new Entry(new Lazy<JobContext>(() =>
                {
                    WorkDirectory work = _openWork(job.WorkDirectory);
                    return new JobContext(work, work.ReadPlan(), _memory, _residentSet);
                }));
                _jobs.Add(job.JobId, entry);
            }

            entry.Leases++;
        }

        try
        {
            return new Lease(this, entry, entry.Context.Value);
        }
        catch
        {
            // A plan that could not be read now may be readable at the next attempt.
            lock (_gate)
            {
                // Another thread may have put a new one in its place.
                if (_jobs.TryGetValue(job.JobId, out Entry? present) && ReferenceEquals(present, entry))
                {
                    _jobs.Remove(job.JobId);
                }
            }

            throw;
        }
    }

    /// <summary>Forgets a job; its models go when the last running task lets go.</summary>
    public void Release(string jobId)
    {
        Entry? unused = null;
        lock (_gate)
        {
            if (_jobs.Remove(jobId, out Entry? entry))
            {
                entry.IsReleased = true;
                unused = entry.Leases == 0 ? entry : null;
            }
        }

        unused?.DisposeContext();
    }

    public void Dispose()
    {
        string[] jobs;
        lock (_gate)
        {
            jobs = [.. _jobs.Keys];
        }

        foreach (string job in jobs)
        {
            Release(job);
        }
    }

    private void Return(Entry entry)
    {
        bool isUnused;
        lock (_gate)
        {
            entry.Leases--;
            isUnused = entry.IsReleased && entry.Leases == 0;
        }

        if (isUnused)
        {
            entry.DisposeContext();
        }
    }

    internal sealed class Lease : IDisposable
    {
        private readonly JobContextCache _cache;
        private Entry? _entry;

        public Lease(JobContextCache cache, Entry entry, JobContext context)
        {
            _cache = cache;
            _entry = entry;
            Context = context;
        }

        public JobContext Context { get; }

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _entry, null) is { } entry)
            {
                _cache.Return(entry);
            }
        }
    }

    internal sealed class Entry(Lazy<JobContext> context)
    {
        public Lazy<JobContext> Context { get; } = context;

        public int Leases { get; set; }

        public bool IsReleased { get; set; }

        public void DisposeContext()
        {
            if (Context.IsValueCreated)
            {
                Context.Value.Dispose();
            }
        }
    }
}
