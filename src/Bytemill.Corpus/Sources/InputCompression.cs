namespace Bytemill.Corpus;

/// <summary>How a file of lines is compressed as a whole.</summary>
public enum InputCompression
{
    /// <summary>Not at all: it can be read from any place on.</summary>
    None = 0,

    /// <summary>gzip, of one or more members.</summary>
    Gzip = 1,

    /// <summary>Zstandard, of one or more frames.</summary>
    Zstd = 2,
}
