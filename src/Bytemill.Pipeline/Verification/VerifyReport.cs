using System.Collections.Immutable;

namespace Bytemill.Pipeline;

/// <summary>What was found in the results of a job.</summary>
/// <param name="Files">Output files looked at.</param>
/// <param name="Rows">Rows in them.</param>
/// <param name="Tokens">Tokens in them.</param>
/// <param name="LengthBytes">Bytes whose checksum was computed.</param>
/// <param name="DecodedRows">Rows that were decoded.</param>
/// <param name="ComparedRows">Of these, rows that were compared with the text they come from.</param>
/// <param name="Faults">What is wrong, each with its file; empty when all is well.</param>
/// <param name="Notes">What could not be looked at, and why.</param>
public sealed record VerifyReport(
    int Files, long Rows, long Tokens, long LengthBytes, long DecodedRows, long ComparedRows, ImmutableArray<string> Faults, ImmutableArray<string> Notes);
