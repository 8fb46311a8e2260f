using System.Buffers.Binary;

namespace Bytemill.Training;

/// <summary>Where things lie in an n-gram model file. Little endian.</summary>
/// <remarks>
/// <para>
/// The kept n-grams are the states of an automaton: after any text, its state is the longest kept n-gram that the text ends with.
/// Every part of a kept n-gram is kept, so a state of length n knows the scores of exactly n n-grams that end here.
/// They are numbered by length first, so that the one-byte n-gram of byte b has number b, and the n-grams that extend one by a
/// byte are neighbours, most frequent first. Within a length, such families are sorted by the average count of their members, rounded
/// down to a power of two, largest first, and then by bytes: what text visits often lies together, on few pages.
/// </para>
/// <para>
/// File: header of 128 bytes (magic, version, order; c(); number of n-grams by length; length of the file), scores of every n-gram,
/// links of every n-gram, last bytes of the n-grams, padding, XxHash3 of all before it (u64), end magic.
/// Scores: a double per length 1 … order, −∞ where longer than the n-gram.
/// Links lie apart from the scores, four to a cache line, since the walk waits for each before it knows the next; scores can be
/// fetched ahead. They are two words with the transitions out of the state's <em>context</em>, the n-gram itself or, at full order,
/// itself without its first byte:
/// word 0 = first child (40 bits), number of children (9), 7 unused, label of child 0 (8), labels being the bytes that children add;
/// word 1 = context without its first byte, to fall back to (40 bits), labels of children 1 to 3 (24).
/// </para>
/// </remarks>
internal static class NGramModelLayout
{
    public const int HeaderBytes = 128;
    public const int TrailerBytes = 16;
    public const byte Version = 2;

    public const int TotalOffset = 8;
    public const int CountsOffset = 16;
    public const int LengthOffset = 80;

    public const int NumberBits = 40;
    public const long NumberMask = (1L << NumberBits) - 1;

    /// <summary>Stands for the empty n-gram, which has no record: its child for byte b is b.</summary>
    public const long Root = NumberMask;

    public const int LinkBytes = 16;

    public const int InlineLabels = 4;

    /// <summary>Labels are read in blocks of up to 32.</summary>
    public const int LabelPadding = 32;

    public static ReadOnlySpan<byte> Magic => "BMNGM"u8;

    public static ReadOnlySpan<byte> EndMagic => "BMNGMEND"u8;

    /// <summary>Scores and links of one n-gram, one behind the other, as the builder holds them.</summary>
    public static int RecordBytes(int order) => ScoreBytes(order) + LinkBytes;

    public static int ScoreBytes(int order) => sizeof(double) * order;

    public static long ScoresOffset => HeaderBytes;

    public static long LinksOffset(int order, long ngrams) => HeaderBytes + (ngrams * ScoreBytes(order));

    public static long LabelsOffset(int order, long ngrams) => LinksOffset(order, ngrams) + (ngrams * LinkBytes);

    public static long FileBytes(int order, long ngrams) => LabelsOffset(order, ngrams) + ngrams + LabelPadding + TrailerBytes;

    public static (ulong First, ulong Second) Links(long firstChild, int children, long fallback, ReadOnlySpan<byte> labels)
    {
        ulong first = (ulong)firstChild | ((ulong)children << NumberBits);
        ulong second = (ulong)fallback;
        if (labels.Length > 0)
        {
            first |= (ulong)labels[0] << 56;
        }

        for (int i = 1; i < Math.Min(labels.Length, InlineLabels); i++)
        {
            second |= (ulong)labels[i] << (NumberBits + (8 * (i - 1)));
        }

        return (first, second);
    }

    public static double ReadScore(ReadOnlySpan<byte> record, int index) =>
        BinaryPrimitives.ReadDoubleLittleEndian(record[(sizeof(double) * index)..]);

    public static void WriteScore(Span<byte> record, int index, double score) =>
        BinaryPrimitives.WriteDoubleLittleEndian(record[(sizeof(double) * index)..], score);
}
