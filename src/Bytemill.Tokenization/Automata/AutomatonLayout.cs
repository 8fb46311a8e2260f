using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Bytemill.Tokenization;

/// <summary>
/// An automaton as one stretch of bytes that can be mapped from a file and used as it is: header, then the sections, each from a
/// multiple of 64 bytes. Little endian.
/// </summary>
/// <remarks>
/// Header: "BMAUTO", 0, version (u8); longest piece (i32), 0 (i32); pieces, slots, matches (i64 each); length of all (i64). Sections:
/// slots (16 bytes each, <see cref="AutomatonUnit"/>), matches (16 each, <see cref="PieceMatch"/>), scores (f64 for each piece), depths
/// (u16 for each slot).
/// </remarks>
internal readonly record struct AutomatonLayout(int LongestPiece, int Pieces, long Slots, long Matches)
{
    public const int HeaderBytes = 64;
    public const byte Version = 1;

    /// <summary>Where the slots begin.</summary>
    public const long UnitsAt = HeaderBytes;

    private const int Alignment = 64;

    private static ReadOnlySpan<byte> Magic => "BMAUTO\0"u8;

    public long UnitBytes => Slots * Unsafe.SizeOf<AutomatonUnit>();

    public long MatchBytes => Matches * Unsafe.SizeOf<PieceMatch>();

    public long ScoreBytes => Pieces * (long)sizeof(double);

    public long DepthBytes => Slots * sizeof(ushort);

    public long MatchesAt => UnitsAt + Aligned(UnitBytes);

    public long ScoresAt => MatchesAt + Aligned(MatchBytes);

    public long DepthsAt => ScoresAt + Aligned(ScoreBytes);

    public long LengthBytes => DepthsAt + Aligned(DepthBytes);

    public static long Aligned(long bytes) => (bytes + Alignment - 1) & -Alignment;

    public void WriteHeader(Span<byte> header)
    {
        header[..HeaderBytes].Clear();
        Magic.CopyTo(header);
        header[7] = Version;
        BinaryPrimitives.WriteInt32LittleEndian(header[8..], LongestPiece);
        BinaryPrimitives.WriteInt64LittleEndian(header[16..], Pieces);
        BinaryPrimitives.WriteInt64LittleEndian(header[24..], Slots);
        BinaryPrimitives.WriteInt64LittleEndian(header[32..], Matches);
        BinaryPrimitives.WriteInt64LittleEndian(header[40..], LengthBytes);
    }

    /// <summary>Reads the header of memory of <paramref name="available"/> bytes.</summary>
    /// <exception cref="ArgumentException">It is no automaton, or one cut short.</exception>
    public static AutomatonLayout ReadHeader(ReadOnlySpan<byte> header, long available)
    {
        if (header.Length < HeaderBytes || !header.StartsWith(Magic) || header[7] != Version)
        {
            Throw.NotAnAutomaton("it does not begin as one");
        }

        int longest = BinaryPrimitives.ReadInt32LittleEndian(header[8..]);
        long pieces = BinaryPrimitives.ReadInt64LittleEndian(header[16..]);
        long slots = BinaryPrimitives.ReadInt64LittleEndian(header[24..]);
        long matches = BinaryPrimitives.ReadInt64LittleEndian(header[32..]);
        if (longest is < 1 or > PieceAutomaton.MaxPieceLength || pieces is < 256 or > int.MaxValue
            || slots is < 512 or > int.MaxValue || slots % 256 != 0 || matches is < 256 or > int.MaxValue)
        {
            Throw.NotAnAutomaton("its sizes are out of range");
        }

        var layout = new AutomatonLayout(longest, (int)pieces, slots, matches);
        if (BinaryPrimitives.ReadInt64LittleEndian(header[40..]) != layout.LengthBytes || layout.LengthBytes > available)
        {
            Throw.NotAnAutomaton("its length differs from its sizes");
        }

        return layout;
    }
}
