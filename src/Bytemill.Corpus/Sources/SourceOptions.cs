using System.Collections.Immutable;

namespace Bytemill.Corpus;

/// <summary>What is read of input files.</summary>
public sealed record SourceOptions
{
    /// <summary>Column or property with one document per row: a UTF-8 string or binary column, at top level or in structs (<c>doc.text</c>);
    /// a top-level one of that very name is preferred. Plain text has none and needs none.</summary>
    public required string TextColumn { get; init; }

    /// <summary>Properties of JSON lines that are read beside the text, each as a column of strings.</summary>
    public ImmutableArray<string> Keep { get; init; } = [];

    /// <summary>Which rows are taken; null for all.</summary>
    public RowCondition? Where { get; init; }

    /// <summary>Which of these are taken; null for all.</summary>
    public RowSample? Sample { get; init; }

    /// <summary>What becomes of what is damaged.</summary>
    public InputErrorHandling OnError { get; init; }

    /// <summary>What becomes of text that is no UTF-8.</summary>
    public InvalidUtf8Handling InvalidUtf8 { get; init; }

    /// <summary>Whether any rows can be left out, so that groups are checked before they are used.</summary>
    public bool LeavesOut => OnError == InputErrorHandling.Skip || InvalidUtf8 == InvalidUtf8Handling.SkipRow;

    /// <summary>Whether rows that are to be left out are told in <see cref="TextBatch.Faults"/>. Else reading one fails: whoever uses a group has been told
    /// beforehand which of its rows not to take.</summary>
    public bool ReportsFaults { get; init; }

    /// <summary>Options that read one column and nothing else.</summary>
    public static implicit operator SourceOptions(string textColumn) => FromString(textColumn);

    /// <summary>As the operator.</summary>
    public static SourceOptions FromString(string textColumn) => new() { TextColumn = textColumn };
}
