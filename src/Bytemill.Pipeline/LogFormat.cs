namespace Bytemill.Pipeline;

/// <summary>How a node writes its log.</summary>
public enum LogFormat
{
    /// <summary>For people: time, level, source and text in a line.</summary>
    Line = 0,

    /// <summary>For programs: an object of JSON in a line, with the values that the text is made of.</summary>
    Json = 1,
}
