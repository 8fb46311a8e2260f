namespace Bytemill.Web.Models;

/// <summary>What a model makes of one group of texts, such as those of a language.</summary>
/// <param name="Name">Value of the column that groups.</param>
/// <param name="TextBytes">Bytes of its texts.</param>
/// <param name="Tokens">Tokens they became.</param>
/// <param name="BytesPerToken">The ratio; null without tokens.</param>
/// <param name="SingleByteShare">Share of tokens of one byte, 0 to 1; null without tokens.</param>
public sealed record EvaluationGroup(string Name, long TextBytes, long Tokens, double? BytesPerToken, double? SingleByteShare);
