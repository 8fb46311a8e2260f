namespace Bytemill.App;

/// <summary>How ids stand in a file or pipe.</summary>
internal enum IdFormat
{
    /// <summary>Decimal, separated by spaces; a line for each text.</summary>
    Text,

    /// <summary>A JSON array for each text, on a line of its own.</summary>
    Json,

    /// <summary>Little-endian 16-bit numbers and nothing else.</summary>
    UInt16,

    /// <summary>Little-endian 32-bit numbers and nothing else.</summary>
    UInt32,
}
