using Bytemill.Pipeline;
using static Bytemill.Pipeline.JobProtocol;

namespace Bytemill.App;

/// <summary>Shows nothing but what goes wrong, for where the output is for programs.</summary>
internal sealed class NoDisplay : IJobDisplay
{
    public void Start(JobSpec spec)
    {
    }

    public void Update(JobProgressed progress)
    {
    }

    public void Completed(JobSpec spec, ResultManifest manifest)
    {
    }

    public void Failed(string reason) => ErrorConsole.WriteError(reason);

    public void Cancelled(string? resume) => ErrorConsole.WriteError(JobSummary.CancelledMessage(resume));

    public void Dispose()
    {
    }
}
