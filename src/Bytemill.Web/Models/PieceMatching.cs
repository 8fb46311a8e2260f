namespace Bytemill.Web.Models;

/// <summary>How the text of a search is meant.</summary>
public enum PieceMatching
{
    /// <summary>Characters that the piece holds, whatever their case.</summary>
    Text,

    /// <summary>A regular expression on the text of the piece.</summary>
    Regex,

    /// <summary>Bytes that the piece holds, in hexadecimal.</summary>
    Hex,
}
