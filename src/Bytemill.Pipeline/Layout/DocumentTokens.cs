namespace Bytemill.Pipeline;

/// <summary>Special tokens that are put around each document that has tokens. Numbers are on the wire: never reuse one.</summary>
[Flags]
public enum DocumentTokens
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary><c>&lt;bos&gt;</c> before it.</summary>
    Bos = 1,

    /// <summary><c>&lt;eos&gt;</c> behind it.</summary>
    Eos = 2,
}
