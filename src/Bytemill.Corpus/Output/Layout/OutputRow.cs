namespace Bytemill.Corpus;

/// <summary>One row of an output: a document, or a packed sequence of documents.</summary>
public readonly ref struct OutputRow
{
    /// <summary>Its ids, padding included; empty for a null text.</summary>
    public ReadOnlySpan<int> Ids { get; init; }

    /// <summary>Whether the text is null.</summary>
    public bool IsNull { get; init; }

    /// <summary>Ids without the padding, which stands at the end.</summary>
    public int TokenCount { get; init; }

    /// <summary>Of a packed sequence: where its documents begin, ascending, the first at 0.</summary>
    public ReadOnlySpan<int> DocumentStarts { get; init; }

    /// <summary>Its kept columns, as <see cref="KeptColumns.Write"/> writes them.</summary>
    public ReadOnlySpan<byte> Kept { get; init; }
}
