namespace Bytemill.Training;

/// <summary>A run, slice or model file between two steps is damaged, cut short, or of another kind than the step expects.</summary>
public sealed class RunFormatException : Exception
{
    /// <summary>An error without details.</summary>
    public RunFormatException()
        : base("A work file is damaged. Remove it and run the step that wrote it again.")
    {
    }

    /// <summary>An error that says where, what was found and what to do.</summary>
    public RunFormatException(string message)
        : base(message)
    {
    }

    /// <summary>An error with its cause.</summary>
    public RunFormatException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    internal static RunFormatException Damaged(long position, string found) =>
        new($"Work file damaged at byte {position}: {found}. Remove the file and run the step that wrote it again.");
}
