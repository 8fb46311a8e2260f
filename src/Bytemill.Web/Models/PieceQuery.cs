namespace Bytemill.Web.Models;

/// <summary>Which pieces of a vocabulary are wanted, and in which order.</summary>
/// <param name="Pattern">What to look for; empty finds all.</param>
/// <param name="Matching">How <paramref name="Pattern"/> is meant.</param>
/// <param name="Script">Only pieces of this script; null for all.</param>
/// <param name="OrderBy">What they are sorted by; equal ones by id.</param>
/// <param name="IsDescending">Whether the largest comes first.</param>
public sealed record PieceQuery(
    string Pattern = "",
    PieceMatching Matching = PieceMatching.Text,
    PieceScript? Script = null,
    PieceOrdering OrderBy = PieceOrdering.Id,
    bool IsDescending = false);
