namespace Bytemill.Corpus;

/// <summary>How the values of a column are compared.</summary>
internal enum ConditionKind
{
    /// <summary>As bytes.</summary>
    Text,

    /// <summary>As whole numbers.</summary>
    Integer,

    /// <summary>As floating-point numbers.</summary>
    Real,

    /// <summary>As truth values.</summary>
    Boolean,
}
