namespace Bytemill.Tokenization;

/// <summary>A token and the part of the original text it stands for.</summary>
/// <param name="Id">Id of the token.</param>
/// <param name="Start">Where it begins.</param>
/// <param name="End">Where it ends, exclusive.</param>
public readonly record struct TokenSpan(int Id, int Start, int End);
