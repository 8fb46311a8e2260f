using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace Bytemill.Tokenization;

/// <summary>The messages of this library, in one place.</summary>
internal static class Throw
{
    // A model may have thousands of special tokens.
    private const int ShownNames = 20;

    private const int ShownCharacters = 400;

    private static readonly SearchValues<char> s_versionCharacters = SearchValues.Create("0123456789.");

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

    [DoesNotReturn]
    public static void PiecesNotAscending(int index, string parameter) =>
        throw new ArgumentException(Text($"Piece {index} comes after a piece that is greater; sorted pieces must ascend by bytes."), parameter);

    [DoesNotReturn]
    public static void SourceChanged() =>
        throw new InvalidOperationException("The sorted pieces were not the same at the second reading; both must give the same pieces and counts.");

    [DoesNotReturn]
    public static void AutomatonTooLarge() =>
        throw new InvalidOperationException("The pieces, or the lists of pieces that end together, are more than one automaton can hold (2 147 483 647).");

    [DoesNotReturn]
    public static void NotAnAutomaton(string found) =>
        throw new ArgumentException($"The memory holds no automaton of this version: {found}. Build it again from the pieces.");

    [DoesNotReturn]
    public static void NotAnAutomaton(string found, long at) => NotAnAutomaton(Text($"{found} (at {at})"));

    [DoesNotReturn]
    public static void NoSuchId(int id, int count, string parameter) =>
        throw new ArgumentOutOfRangeException(
            parameter, id, Text($"There is no id {id}; this model has the ids 0 to {count - 1}. Was the text encoded with another model?"));

    [DoesNotReturn]
    public static void BadSpecialToken(int index, string? name, string fault, string parameter) =>
        throw new ArgumentException(
            Text($"Special token {index} ('{name}') {fault}; names must be distinct, not built in, and 1 to {SpecialTokens.MaxNameLength} bytes of UTF-8."),
            parameter);

    [DoesNotReturn]
    public static void UnknownSpecialToken(string? name, IEnumerable<string> known, string parameter) =>
        throw new ArgumentException(
            Text($"The model has no special token '{name}'; it has '{string.Join("', '", known.Take(ShownNames))}'{(known.Skip(ShownNames).Any() ? " and more" : "")}."),
            parameter);

    [DoesNotReturn]
    public static void NotAPiece(int id, int count, string parameter) =>
        throw new ArgumentOutOfRangeException(
            parameter, id, Text($"Id {id} is no piece; the pieces of this vocabulary have the ids {Vocabulary.FirstPieceId} to {count - 1}."));

    [DoesNotReturn]
    public static void OtherVocabulary(string parameter) =>
        throw new ArgumentException("The statistics are of another vocabulary; only those of one can be added up.", parameter);

    [DoesNotReturn]
    public static void BadDegree(int degree, string parameter) =>
        throw new ArgumentOutOfRangeException(
            parameter, degree, Text($"The degree of parallelism is {degree}; it must be 1 or more, or -1 for one thread on each core."));

    public static ArgumentException FaultyText(int index, ArgumentException fault, string parameter) =>
        new(Text($"Text {index} of the batch: {fault.Message}"), parameter, fault);

    [DoesNotReturn]
    public static void NotACandidate(int id, ReadOnlySpan<byte> piece, ReadOnlySpan<byte> heldBack, string parameter) =>
        throw new ArgumentException(
            Text($"Id {id} (bytes 0x{Hex(piece)}) cannot come next: its piece neither begins with the held-back bytes 0x{Hex(heldBack)} nor is a beginning of them."),
            parameter);

    [DoesNotReturn]
    public static void LoneSurrogate(long index, string parameter) =>
        throw new ArgumentException(
            Text($"The text has a lone surrogate at UTF-16 index {index}, which UTF-8 cannot hold; replace it first, for example by U+FFFD."), parameter);

    public static void IfBadOptions(ModelOptions options, string parameter)
    {
        if (options.Order < 0 || options.MinCount < 0 || options.MaxPieceLength < 0 || options.MaxVocabSize < 0)
        {
            throw new ArgumentException(Text($"Options must not be negative, but are {options}."), parameter);
        }

        if (!Enum.IsDefined(options.Normalization))
        {
            throw new ArgumentException(Text($"There is no normalization {options.Normalization}; use None or Nfc."), parameter);
        }

        if (options.UnicodeVersion.AsSpan().ContainsAnyExcept(s_versionCharacters))
        {
            throw new ArgumentException(Text($"The Unicode version '{options.UnicodeVersion}' is not digits and dots."), parameter);
        }
    }

    [DoesNotReturn]
    public static void Format(string source, string place, string found, string expected, string remedy, Exception? cause = null) =>
        throw new ModelFormatException(Text($"{source}, {place}: found {OneLine(found)}; expected {OneLine(expected)}. {remedy}"), cause!);

    /// <summary>A model whose parts are well-formed, but do not fit together.</summary>
    public static ModelFormatException Unfit(string source, ArgumentException fault)
    {
        string message = fault.Message;
        int parameter = message.LastIndexOf(" (Parameter '", StringComparison.Ordinal);
        return new ModelFormatException(source + ": " + OneLine(parameter < 0 ? message : message[..parameter]), fault);
    }

    /// <summary>Text of a file as a message shows it: short, with control characters as <c>\xHH</c> or <c>\uHHHH</c>.</summary>
    public static string OneLine(string text)
    {
        bool isCut = text.Length > ShownCharacters;
        int length = !isCut ? text.Length : char.IsHighSurrogate(text[ShownCharacters - 1]) ? ShownCharacters - 1 : ShownCharacters;
        var line = new StringBuilder(length);
        foreach (char c in text.AsSpan(0, length))
        {
            if (char.IsControl(c))
            {
                line.Append(CultureInfo.InvariantCulture, $"\\x{(int)c:X2}");
            }
            else if (c is '\u2028' or '\u2029')
            {
                line.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:X4}");
            }
            else
            {
                line.Append(c);
            }
        }

        return isCut ? line.Append('…').ToString() : line.ToString();
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
