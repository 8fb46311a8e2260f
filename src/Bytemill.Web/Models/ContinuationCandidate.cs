namespace Bytemill.Web.Models;

/// <summary>A piece that may come next.</summary>
/// <param name="Piece">The piece.</param>
/// <param name="IsPrefix">Whether it spells a part of the held-back bytes only, so that another follows in turn.</param>
/// <param name="Share">Its count among those of all candidates, 0 to 1.</param>
/// <param name="Rest">What it adds to the prompt; empty when that is nothing or no text.</param>
public sealed record ContinuationCandidate(PieceView Piece, bool IsPrefix, double Share, string Rest);
