namespace Bytemill.Web.Models;

/// <summary>How much of a vocabulary one script makes up.</summary>
/// <param name="Script">The script.</param>
/// <param name="Pieces">Pieces of it.</param>
/// <param name="Count">Their occurrences in training together.</param>
public sealed record ScriptShare(PieceScript Script, int Pieces, long Count);
