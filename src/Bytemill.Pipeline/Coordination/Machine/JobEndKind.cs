namespace Bytemill.Pipeline;

/// <summary>The ends that a job may take. Numbers are in the journal: never reuse one.</summary>
internal enum JobEndKind
{
    Completed = 1,
    Failed = 2,
    Cancelled = 3,
}
