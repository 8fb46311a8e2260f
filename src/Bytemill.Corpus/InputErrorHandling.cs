namespace Bytemill.Corpus;

/// <summary>What becomes of input that cannot be used. Numbers are on the wire.</summary>
public enum InputErrorHandling
{
    /// <summary>The job fails and says where.</summary>
    Fail = 0,

    /// <summary>It is left out and listed: a file that is no file of its format, a row group with a damaged page, a line that is no JSON object.</summary>
    Skip = 1,
}
