namespace Bytemill.Corpus;

/// <summary>What an input file is made of.</summary>
public enum InputKind
{
    /// <summary>Parquet: a document in each row of a column.</summary>
    Parquet = 0,

    /// <summary>A JSON object in each line, with a document in one of its properties.</summary>
    JsonLines = 1,

    /// <summary>A document in each line.</summary>
    PlainText = 2,
}
