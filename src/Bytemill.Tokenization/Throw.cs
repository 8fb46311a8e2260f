using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Bytemill.Tokenization;

/// <summary>The messages of this library, in one place.</summary>
internal static class Throw
{
    public static string Hex(ReadOnlySpan<byte> bytes) =>
        bytes.Length <= 48 ? Convert.ToHexString(bytes) : Convert.ToHexString(bytes[..48]) + "…";

    [DoesNotReturn]
    public static void EmptyPiece(int index, string parameter) =>
        throw new ArgumentException(Text($"Piece {index} is empty; every piece needs at least one byte."), parameter);

    [DoesNotReturn]
    public static void PieceTooLong(int index, int length, string parameter) =>
        throw new ArgumentException(
            Text($"Piece {index} has {length} bytes; the longest supported piece has {PieceAutomaton.MaxPieceLength}."), parameter);

    [DoesNotReturn]
    public static void RepeatedPiece(int first, int second, ReadOnlySpan<byte> piece, string parameter) =>
        throw new ArgumentException(
            Text($"Pieces {first} and {second} are the same bytes 0x{Hex(piece)}; pieces must be distinct."), parameter);

    [DoesNotReturn]
    public static void MissingByte(int value, string parameter) =>
        throw new ArgumentException(
            Text($"The single byte 0x{value:X2} is not among the pieces; all 256 are needed so that any text can be encoded."), parameter);

    [DoesNotReturn]
    public static void CountNotPositive(int index, long count, string parameter) =>
        throw new ArgumentOutOfRangeException(parameter, count, Text($"Piece {index} has count {count}; counts must be 1 or more."));

    [DoesNotReturn]
    public static void CountMismatch(int pieces, int counts, string parameter) =>
        throw new ArgumentException(Text($"There are {pieces} pieces but {counts} counts; each piece needs one."), parameter);

    [DoesNotReturn]
    public static void EndsNotAscending(int index, string parameter) =>
        throw new ArgumentException(
            Text($"The end of piece {index} lies before its start or outside the blob; ends must ascend to the blob's length."), parameter);

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
