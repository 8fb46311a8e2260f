using Bytemill.Pipeline;
using static Bytemill.Pipeline.JobProtocol;

namespace Bytemill.App;

/// <summary>Shows one job to a person. <see cref="Update"/> comes from another thread than the rest.</summary>
internal interface IJobDisplay : IDisposable
{
    void Start(JobSpec spec);

    void Update(JobProgressed progress);

    void Completed(JobSpec spec, ResultManifest manifest);

    void Failed(string reason);

    /// <param name="resume">The command that goes on with the job; <c>null</c> where nothing is left of it.</param>
    void Cancelled(string? resume);
}
