using System.Buffers.Binary;
using System.Globalization;

namespace Bytemill.Tokenization;

/// <summary>
/// Reads and writes compiled models: <c>model.bytemill</c> together with its automaton, so that a tokenizer is ready as soon as the
/// file is mapped. The same model always gives the same bytes.
/// </summary>
/// <remarks>
/// A copy made for speed, some ten times as large: keep <c>model.bytemill</c>, which later releases read, and compile it anew with
/// each of them. Little-endian:
/// <code>
/// 8 bytes   magic 89 42 4D 43 0D 0A 1A 0A
/// uint32    format version, 1; uint32 0
/// int64     length M of the model
/// int64     where the automaton begins: a multiple of 64
/// int64     length A of the automaton
/// zeros to byte 64
/// M bytes   model.bytemill; zeros to a multiple of 64
/// A bytes   automaton (see AutomatonLayout)
/// uint32    CRC-32C of all before (RFC 3720)
/// </code>
/// </remarks>
internal static class CompiledModelFile
{
    public const int FormatVersion = 1;

    private const int HeaderLength = 64;
    private const int ChecksumLength = sizeof(uint);
    private const string Remedy = "Compile model.bytemill again: bytemill convert model.bytemill model.bytemillc";

    public static ReadOnlySpan<byte> Magic => [0x89, (byte)'B', (byte)'M', (byte)'C', 0x0D, 0x0A, 0x1A, 0x0A];

    public static bool LooksLikeThis(ReadOnlySpan<byte> head) => head.StartsWith(Magic);

    public static void Write(Tokenizer tokenizer, Stream output)
    {
        using var model = new MemoryStream();
        ModelFile.Write(tokenizer.Model, model);
        long automatonAt = AutomatonLayout.Aligned(HeaderLength + model.Length);
        byte[] head = new byte[automatonAt];
        Magic.CopyTo(head);
        BinaryPrimitives.WriteUInt32LittleEndian(head.AsSpan(8), FormatVersion);
        BinaryPrimitives.WriteInt64LittleEndian(head.AsSpan(16), model.Length);
        BinaryPrimitives.WriteInt64LittleEndian(head.AsSpan(24), automatonAt);
        BinaryPrimitives.WriteInt64LittleEndian(head.AsSpan(32), tokenizer.Automaton.ImageBytes);
        model.GetBuffer().AsSpan(0, (int)model.Length).CopyTo(head.AsSpan(HeaderLength));

        using var checksummed = new Crc32CStream(output);
        checksummed.Write(head);
        tokenizer.Automaton.WriteTo(checksummed);
        BinaryPrimitives.WriteUInt32LittleEndian(head, checksummed.Checksum);
        output.Write(head.AsSpan(0, ChecksumLength));
    }

    /// <summary>A tokenizer of a compiled model in memory.</summary>
    /// <param name="memory">The whole file; owned from now on.</param>
    /// <param name="name">What messages call the file.</param>
    /// <exception cref="ModelFormatException">The bytes are not a whole, undamaged compiled model of this version.</exception>
    public static unsafe Tokenizer Open(FlatMemory memory, string name)
    {
        try
        {
            if (memory.Length < HeaderLength + ChecksumLength)
            {
                Throw.Format(name, "the end", Number(memory.Length) + " bytes in all", "a whole compiled model", Remedy);
            }

            var head = new ReadOnlySpan<byte>(memory.Start, HeaderLength);
            uint version = BinaryPrimitives.ReadUInt32LittleEndian(head[8..]);
            if (version != FormatVersion)
            {
                Throw.Format(name, "byte 8", "format version " + Number(version), "version " + Number(FormatVersion), Remedy);
            }

            long modelLength = BinaryPrimitives.ReadInt64LittleEndian(head[16..]);
            long automatonAt = BinaryPrimitives.ReadInt64LittleEndian(head[24..]);
            long automatonLength = BinaryPrimitives.ReadInt64LittleEndian(head[32..]);
            long checksumAt = memory.Length - ChecksumLength;
            // No difference and no sum of these can overflow.
            if (modelLength < 0 || modelLength > Array.MaxLength || automatonAt != AutomatonLayout.Aligned(HeaderLength + modelLength)
                || automatonAt > checksumAt || automatonLength != checksumAt - automatonAt)
            {
                Throw.Format(name, "byte 16", $"sections of {Number(modelLength)} and {Number(automatonLength)} bytes", "sections that fill the file of " + Number(memory.Length), Remedy);
            }

            CheckChecksum(memory.Start, checksumAt, name);
            TokenizerModel model = ModelFile.Parse(new ReadOnlySpan<byte>(memory.Start + HeaderLength, (int)modelLength).ToArray(), name);
            PieceAutomaton automaton;
            try
            {
                automaton = PieceAutomaton.Open(memory, automatonAt);
            }
            catch (ArgumentException error)
            {
                Throw.Format(name, "byte " + Number(automatonAt), "no automaton (" + error.Message + ")", "the automaton of the model", Remedy, error);
                throw;
            }

            if (automaton.ImageBytes != automatonLength || !automaton.HasLengthsOf(model.Vocabulary))
            {
                Throw.Format(name, "byte " + Number(automatonAt), "the automaton of other pieces", "that of the model", Remedy);
            }

            return new Tokenizer(model, automaton);
        }
        catch
        {
            memory.Dispose();
            throw;
        }
    }

    private static unsafe void CheckChecksum(byte* start, long length, string name)
    {
        const int Part = 1 << 30;
        uint state = Crc32C.Initial;
        for (long at = 0; at < length; at += Part)
        {
            state = Crc32C.Append(state, new ReadOnlySpan<byte>(start + at, (int)Math.Min(Part, length - at)));
        }

        var kept = new ReadOnlySpan<byte>(start + length, ChecksumLength);
        if (Crc32C.Finish(state) != BinaryPrimitives.ReadUInt32LittleEndian(kept))
        {
            Throw.Format(name, "byte " + Number(length), "the checksum " + Throw.Hex(kept), "that of the bytes before it",
                "The file is cut off or damaged: copy it again.");
        }
    }

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}
