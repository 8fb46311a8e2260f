namespace Bytemill.Corpus;

/// <summary>What about an input is at fault; decides whether it may be left out.</summary>
public enum CorpusFault
{
    /// <summary>Its bytes: damaged, of another format, without the column. The same at every reading.</summary>
    Content,

    /// <summary>A text is no UTF-8.</summary>
    InvalidUtf8,

    /// <summary>It cannot be opened or read, or changed meanwhile. Another reading may find something else, so nothing is ever left out for it.</summary>
    Access,
}
