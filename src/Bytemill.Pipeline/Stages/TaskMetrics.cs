namespace Bytemill.Pipeline;

/// <summary>What one task did, in whole numbers that add up over tasks.</summary>
public sealed record TaskMetrics
{
    /// <summary>Progress units: text bytes of the input for worker tasks, 1 for others.</summary>
    public long Units { get; init; }

    /// <summary>N-grams or pieces written; pieces kept where a stage splits into kept and dropped. Of laid out files, their rows.</summary>
    public long Entries { get; init; }

    /// <summary>Rows taken.</summary>
    public long Rows { get; init; }

    /// <summary>Rows looked at and not taken, of files that tell how many they have.</summary>
    public long PassedRows { get; init; }

    /// <summary>Rows left out since they cannot be used, of files that tell how many they have or rows that were read.</summary>
    public long LeftOutRows { get; init; }

    /// <summary>Rows taken whose text was no UTF-8.</summary>
    public long InvalidRows { get; init; }

    /// <summary>Bytes of text read, before normalisation.</summary>
    public long TextBytes { get; init; }

    /// <summary>Of the text of the rows taken, as <see cref="Corpus.TextDigest"/> has it; the sum wraps.</summary>
    public ulong TextDigest { get; init; }

    /// <summary>Bytes of text after normalisation.</summary>
    public long NormalizedBytes { get; init; }

    /// <summary>Bytes of text after normalisation, as often as they count in training.</summary>
    public long WeightedBytes { get; init; }

    /// <summary>Bytes of normalised text that the written counts stand for; of laid out files, their tokens without padding. See <see cref="StageBalance"/>.</summary>
    public long CoveredBytes { get; init; }

    /// <summary>Tokens written.</summary>
    public long Tokens { get; init; }

    /// <summary>Of these, tokens of a single byte.</summary>
    public long SingleByteTokens { get; init; }

    /// <summary>Bytes of the attempt's committed files.</summary>
    public long WrittenBytes { get; init; }

    /// <summary>Bytes of the attempt's temporary files, whose room is free again after it.</summary>
    public long ScratchBytes { get; init; }

    /// <summary>1 for a task whose product is that of an earlier job, else 0.</summary>
    public int Reused { get; init; }

    /// <summary>Of such a task, <see cref="TextBytes"/>, which it has not read.</summary>
    public long ReusedBytes { get; init; }

    /// <summary>The sum; overflow is an error.</summary>
    public static TaskMetrics Add(TaskMetrics left, TaskMetrics right) => checked(new TaskMetrics
    {
        Units = left.Units + right.Units,
        Entries = left.Entries + right.Entries,
        Rows = left.Rows + right.Rows,
        PassedRows = left.PassedRows + right.PassedRows,
        LeftOutRows = left.LeftOutRows + right.LeftOutRows,
        InvalidRows = left.InvalidRows + right.InvalidRows,
        WeightedBytes = left.WeightedBytes + right.WeightedBytes,
        TextBytes = left.TextBytes + right.TextBytes,
        TextDigest = unchecked(left.TextDigest + right.TextDigest),
        NormalizedBytes = left.NormalizedBytes + right.NormalizedBytes,
        CoveredBytes = left.CoveredBytes + right.CoveredBytes,
        Tokens = left.Tokens + right.Tokens,
        SingleByteTokens = left.SingleByteTokens + right.SingleByteTokens,
        WrittenBytes = left.WrittenBytes + right.WrittenBytes,
        ScratchBytes = left.ScratchBytes + right.ScratchBytes,
        Reused = left.Reused + right.Reused,
        ReusedBytes = left.ReusedBytes + right.ReusedBytes,
    });
}
