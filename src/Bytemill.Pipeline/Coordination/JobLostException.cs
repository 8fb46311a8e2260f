namespace Bytemill.Pipeline;

/// <summary>The node that followed a job was put out of its cluster, or gave up, before the job ended. The job may go on or be gone on with.</summary>
public sealed class JobLostException : Exception
{
    /// <param name="message">One line for the user.</param>
    public JobLostException(string message)
        : base(message)
    {
    }
}
