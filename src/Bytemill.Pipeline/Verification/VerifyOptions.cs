namespace Bytemill.Pipeline;

/// <summary>How thoroughly results are looked over.</summary>
public sealed record VerifyOptions
{
    /// <summary>Rows of each file to decode and compare with the text; <see cref="long.MaxValue"/> for all, 0 for none.</summary>
    public long RowsPerFile { get; init; } = 100;

    /// <summary>The model, where it is no longer at the place that the manifest names.</summary>
    public string? ModelPath { get; init; }

    /// <summary>Files looked at at the same time.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;
}
