namespace Bytemill.Corpus;

/// <summary>What becomes of a text that is no UTF-8. Numbers are on the wire.</summary>
public enum InvalidUtf8Handling
{
    /// <summary>The job fails and names the row.</summary>
    Fail = 0,

    /// <summary>U+FFFD stands for what is ill-formed: for each longest beginning of a character, as Unicode recommends, else for each byte.</summary>
    Replace = 1,

    /// <summary>The row is left out and listed.</summary>
    SkipRow = 2,

    /// <summary>The bytes stay as they are.</summary>
    Keep = 3,
}
