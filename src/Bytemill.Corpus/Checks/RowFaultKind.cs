namespace Bytemill.Corpus;

/// <summary>Why a row is left out. Numbers are on the wire.</summary>
public enum RowFaultKind
{
    /// <summary>Its text, or a property kept beside it, is no UTF-8.</summary>
    InvalidUtf8 = 1,

    /// <summary>Its line is no JSON object, or the text in it no string.</summary>
    BadLine = 2,
}
