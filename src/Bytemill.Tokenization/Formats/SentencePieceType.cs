namespace Bytemill.Tokenization;

/// <summary>Kinds of pieces in a SentencePiece model, with their numbers there.</summary>
internal enum SentencePieceType
{
    /// <summary>Found in text.</summary>
    Normal = 1,

    /// <summary>What has no piece; exactly one.</summary>
    Unknown = 2,

    /// <summary>Never found in text: special tokens.</summary>
    Control = 3,

    /// <summary>Found in text before anything else.</summary>
    UserDefined = 4,

    /// <summary>Has an id, but is never found in text.</summary>
    Unused = 5,

    /// <summary>One byte of a character that has no piece.</summary>
    Byte = 6,
}
