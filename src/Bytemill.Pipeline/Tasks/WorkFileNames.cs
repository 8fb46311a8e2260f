namespace Bytemill.Pipeline;

/// <summary>Names of the files inside an attempt directory.</summary>
internal static class WorkFileNames
{
    public const string Run = "run";
    public const string RunInfo = "run.info";
    public const string Slice = "slice";
    public const string Kept = "kept";
    public const string Dropped = "dropped";
    public const string Ranked = "ranked";
    public const string Cut = "cut";
    public const string NGramModel = "ngram-model";
    public const string Vocabulary = "vocabulary";
    public const string Tokenized = "tokenized.parquet";
    public const string LeftOut = "left-out";

    // Of files in another layout; the rest is a number.
    public const string OutputPrefix = "out-";

    public const string ShuffleRows = "shuffle.rows";
    public const string ShuffleIndex = "shuffle.index";
    public const string TokenizedInfo = "tokenized.info";
}
