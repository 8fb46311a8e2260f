namespace Bytemill.Corpus;

/// <summary>How a comparison compares.</summary>
internal enum Operator
{
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}
