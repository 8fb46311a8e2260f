namespace Bytemill.Web.Models;

/// <summary>What pieces are sorted by.</summary>
public enum PieceOrdering
{
    /// <summary>By id, which is by length, then bytes.</summary>
    Id,

    /// <summary>By count in training.</summary>
    Count,

    /// <summary>By length in bytes.</summary>
    Length,

    /// <summary>By bytes, as a dictionary has them.</summary>
    Bytes,

    /// <summary>By script.</summary>
    Script,
}
