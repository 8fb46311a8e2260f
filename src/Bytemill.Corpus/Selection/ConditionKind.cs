namespace Bytemill.Corpus;

/// <summary>How the values of a column are compared.</summary>
internal enum ConditionKind
{
    /// <summary>As bytes.</summary>
    Text,

    /// <summary>As whole numbers.</summary>
    Signed,

    /// <summary>As whole numbers that are never negative.</summary>
    Unsigned,

    /// <summary>As floating-point numbers.</summary>
    Real,

    /// <summary>As truth values.</summary>
    Boolean,
}
