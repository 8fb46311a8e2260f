using System.Buffers;
using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;

namespace Bytemill.Tokenization;

/// <summary>Reads and writes <c>model.bytemill</c>. The same model always gives the same bytes.</summary>
/// <remarks>
/// Little-endian throughout; <c>docs/model-format.md</c> has the rules for readers in other languages:
/// <code>
/// 8 bytes   magic 89 42 4D 4C 0D 0A 1A 0A (text-mode transfers damage it visibly)
/// uint32    format version, 1
/// uint32    length of the options; options: UTF-8 lines "key=value\n", keys in byte order
/// uint32    number of pieces; uint32 length L of the longest
/// uint32×L  number of pieces of each length 1…L
/// bytes     all pieces, by (length, bytes)
/// int64×n   their counts
/// uint32    number of user-defined special tokens; each: uint16 length, UTF-8 name
/// 32 bytes  SHA-256 of all before
/// </code>
/// </remarks>
public static class ModelFile
{
    /// <summary>Format version written and read.</summary>
    public const int FormatVersion = 1;

    internal const int HashLength = SHA256.HashSizeInBytes;

    internal static ReadOnlySpan<byte> Magic => [0x89, (byte)'B', (byte)'M', (byte)'L', 0x0D, 0x0A, 0x1A, 0x0A];

    /// <summary>Writes <paramref name="model"/>.</summary>
    public static void Write(TokenizerModel model, Stream stream)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(stream);
        var body = new ArrayBufferWriter<byte>();
        body.Write(Magic);
        WriteUInt32(body, FormatVersion);
        byte[] options = Encoding.UTF8.GetBytes(FormatOptions(model.Options));
        WriteUInt32(body, options.Length);
        body.Write(options);

        Vocabulary vocabulary = model.Vocabulary;
        ReadOnlySpan<int> ends = vocabulary.Ends;
        WriteUInt32(body, ends.Length);
        WriteUInt32(body, vocabulary.LongestPiece);
        int[] ofLength = new int[vocabulary.LongestPiece + 1];
        for (int i = 0, start = 0; i < ends.Length; start = ends[i++])
        {
            ofLength[ends[i] - start]++;
        }

        foreach (int count in ofLength.AsSpan(1))
        {
            WriteUInt32(body, count);
        }

        body.Write(vocabulary.Blob);
        foreach (long count in vocabulary.Counts)
        {
            BinaryPrimitives.WriteInt64LittleEndian(body.GetSpan(sizeof(long)), count);
            body.Advance(sizeof(long));
        }

        ImmutableArray<string> special = model.SpecialTokens.UserDefined;
        WriteUInt32(body, special.Length);
        foreach (string name in special)
        {
            byte[] utf8 = Encoding.UTF8.GetBytes(name);
            BinaryPrimitives.WriteUInt16LittleEndian(body.GetSpan(sizeof(ushort)), checked((ushort)utf8.Length));
            body.Advance(sizeof(ushort));
            body.Write(utf8);
        }

        stream.Write(body.WrittenSpan);
        stream.Write(SHA256.HashData(body.WrittenSpan));
    }

    /// <summary>Reads a model; the stream is read to its end.</summary>
    /// <param name="stream">Bytes as <see cref="Write"/> wrote them.</param>
    /// <param name="name">What messages call the stream.</param>
    /// <exception cref="ModelFormatException">The bytes are not a whole, undamaged model.</exception>
    public static TokenizerModel Read(Stream stream, string name = "model")
    {
        ArgumentNullException.ThrowIfNull(stream);
        return Parse(ModelBytes.Read(stream, name, CheckMagic), name);
    }

    /// <summary>Reads a model file.</summary>
    /// <exception cref="ModelFormatException">The file is not a whole, undamaged model.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static TokenizerModel ReadFile(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return Parse(ModelBytes.ReadFile(path, CheckMagic), Path.GetFileName(path));
    }

    internal static void CheckMagic(ReadOnlySpan<byte> head, string name)
    {
        if (!head.StartsWith(Magic))
        {
            string found = head.IsEmpty ? "an empty file" : "bytes " + Throw.Hex(head[..Math.Min(head.Length, Magic.Length)]);
            Throw.Format(name, "byte 0", found, "the beginning of a Bytemill model, " + Throw.Hex(Magic), "Is this another kind of file?");
        }
    }

    internal static TokenizerModel Parse(byte[] bytes, string name)
    {
        CheckMagic(bytes, name);
        if (bytes.Length < Magic.Length + sizeof(uint) + HashLength)
        {
            Throw.Format(name, "the end", Number(bytes.Length) + " bytes in all", "a whole model", "The file is cut off: copy it again.");
        }

        var reader = new ModelFileReader(bytes, name, Magic.Length);
        long version = reader.UInt32("format version");
        if (version != FormatVersion)
        {
            Throw.Format(name, "byte 8", "format version " + Number(version), "version " + Number(FormatVersion),
                "Read it with the release of Bytemill that wrote it, or a later one.");
        }

        CheckHash(bytes, name);
        ModelOptions options = ReadOptions(ref reader);
        Vocabulary vocabulary = ReadVocabulary(ref reader);
        ImmutableArray<string> special = ReadSpecialTokens(ref reader);
        if (reader.Left != 0)
        {
            reader.Fail("the end of the special tokens", Number(reader.Left) + " more bytes", "none");
        }

        try
        {
            return new TokenizerModel(vocabulary, options, special);
        }
        catch (ArgumentException error)
        {
            throw Throw.Unfit(name, error);
        }
    }

    private static void CheckHash(byte[] bytes, string name)
    {
        int length = bytes.Length - HashLength;
        if (!SHA256.HashData(bytes.AsSpan(0, length)).AsSpan().SequenceEqual(bytes.AsSpan(length)))
        {
            Throw.Format(name, "byte " + Number(length), "the checksum " + Throw.Hex(bytes.AsSpan(length)),
                "that of the bytes before it", "The file is cut off or damaged: copy it again.");
        }
    }

    private static ModelOptions ReadOptions(ref ModelFileReader reader)
    {
        int at = reader.Position;
        ReadOnlySpan<byte> bytes = reader.Bytes(reader.UInt32("length of the options"), "options");
        string text = Encoding.UTF8.GetString(bytes);
        ModelOptions? options = ParseOptions(text);

        // Writing them again must give the same bytes: one form for each content.
        if (options is null || !Encoding.UTF8.GetBytes(FormatOptions(options)).AsSpan().SequenceEqual(bytes))
        {
            reader.FailAt(at, "options '" + text.Replace("\n", "; ", StringComparison.Ordinal) + "'", "the options of format version 1, one 'key=value' a line");
        }

        return options!;
    }

    private static string FormatOptions(ModelOptions options) => string.Create(CultureInfo.InvariantCulture, $"""
        ensure_unicode={(options.EnsureUnicode ? 1 : 0)}
        isolate_digits={(options.IsolateDigits ? 1 : 0)}
        max_piece_length={options.MaxPieceLength}
        max_vocab_size={options.MaxVocabSize}
        min_count={options.MinCount}
        normalization={(options.Normalization == TextNormalization.Nfc ? "nfc" : "none")}
        order={options.Order}
        unicode_version={options.UnicodeVersion}

        """).ReplaceLineEndings("\n");

    private static ModelOptions? ParseOptions(string text)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            int equals = line.IndexOf('=', StringComparison.Ordinal);
            if (equals < 0 || !values.TryAdd(line[..equals], line[(equals + 1)..]))
            {
                return null;
            }
        }

        return TryNumber("order", out long order) && TryNumber("min_count", out long minCount)
            && TryNumber("max_piece_length", out long maxPieceLength) && TryNumber("max_vocab_size", out long maxVocabSize)
            && Math.Max(order, Math.Max(maxPieceLength, maxVocabSize)) <= int.MaxValue
            && TryNumber("isolate_digits", out long isolateDigits) && TryNumber("ensure_unicode", out long ensureUnicode)
            && values.TryGetValue("normalization", out string? normalization) && values.TryGetValue("unicode_version", out string? unicodeVersion)
            ? new ModelOptions
            {
                Order = (int)order,
                MinCount = minCount,
                MaxPieceLength = (int)maxPieceLength,
                MaxVocabSize = (int)maxVocabSize,
                IsolateDigits = isolateDigits == 1,
                EnsureUnicode = ensureUnicode == 1,
                Normalization = normalization == "nfc" ? TextNormalization.Nfc : TextNormalization.None,
                UnicodeVersion = unicodeVersion,
            }
            : null;

        bool TryNumber(string key, out long value)
        {
            value = 0;
            return values.TryGetValue(key, out string? shown)
                && long.TryParse(shown, NumberStyles.None, CultureInfo.InvariantCulture, out value);
        }
    }

    // This and the next run once over each piece, in a fresh process too, where unoptimised code would take most of the time.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Vocabulary ReadVocabulary(ref ModelFileReader reader)
    {
        long count = reader.UInt32("number of pieces");
        int at = reader.Position;
        long longest = reader.UInt32("length of the longest piece");
        if (longest > PieceAutomaton.MaxPieceLength)
        {
            reader.FailAt(at, "a longest piece of " + Number(longest) + " bytes", Number(PieceAutomaton.MaxPieceLength) + " at most");
        }

        at = reader.Position;
        ReadOnlySpan<byte> ofLength = reader.Bytes(longest * sizeof(uint), "number of pieces of each length");
        long sum = 0;
        long size = 0;
        long last = 0;
        for (int length = 1; length <= longest; length++)
        {
            last = BinaryPrimitives.ReadUInt32LittleEndian(ofLength[((length - 1) * sizeof(uint))..]);
            sum += last;
            size += last * length;
        }

        if (sum != count || last == 0)
        {
            reader.FailAt(at, Number(sum) + " pieces over all lengths", Number(count) + " pieces, the longest of " + Number(longest) + " bytes");
        }

        at = reader.Position;
        byte[] blob = reader.Bytes(size, "pieces").ToArray();
        int[] ends = new int[count];
        int end = 0;
        int index = 0;
        for (int length = 1; length <= longest; length++)
        {
            uint here = BinaryPrimitives.ReadUInt32LittleEndian(ofLength[((length - 1) * sizeof(uint))..]);
            for (uint i = 0; i < here; i++, index++)
            {
                if (i > 0 && blob.AsSpan(end - length, length).SequenceCompareTo(blob.AsSpan(end, length)) >= 0)
                {
                    reader.FailAt(at + end, "piece 0x" + Throw.Hex(blob.AsSpan(end, length)) + " after 0x" + Throw.Hex(blob.AsSpan(end - length, length)),
                        "pieces of one length in ascending byte order");
                }

                end += length;
                ends[index] = end;
            }
        }

        int missing = Vocabulary.FirstMissingByte(blob, ends);
        if (missing >= 0)
        {
            reader.FailAt(at, "no piece for the single byte 0x" + missing.ToString("X2", CultureInfo.InvariantCulture), "all 256 single bytes");
        }

        return new Vocabulary(blob, ends, ReadCounts(ref reader, ends.Length));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static long[] ReadCounts(ref ModelFileReader reader, int count)
    {
        int at = reader.Position;
        ReadOnlySpan<byte> bytes = reader.Bytes((long)count * sizeof(long), "counts");
        long[] counts = new long[count];
        long total = 0;
        for (int i = 0; i < counts.Length; i++)
        {
            counts[i] = BinaryPrimitives.ReadInt64LittleEndian(bytes[(i * sizeof(long))..]);
            if (counts[i] < 1 || counts[i] > long.MaxValue - total)
            {
                reader.FailAt(at + (i * sizeof(long)), "count " + Number(counts[i]), "counts of 1 or more whose sum fits into 63 bits");
            }

            total += counts[i];
        }

        return counts;
    }

    private static ImmutableArray<string> ReadSpecialTokens(ref ModelFileReader reader)
    {
        long count = reader.UInt32("number of special tokens");
        var strict = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
        var names = ImmutableArray.CreateBuilder<string>();
        for (long i = 0; i < count; i++)
        {
            int at = reader.Position;
            ReadOnlySpan<byte> utf8 = reader.Bytes(BinaryPrimitives.ReadUInt16LittleEndian(reader.Bytes(sizeof(ushort), "length of a special token")), "special token");
            try
            {
                names.Add(strict.GetString(utf8));
            }
            catch (DecoderFallbackException)
            {
                reader.FailAt(at, "a special token of bytes " + Throw.Hex(utf8), "valid UTF-8");
            }
        }

        return names.ToImmutable();
    }

    private static void WriteUInt32(ArrayBufferWriter<byte> body, int value)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(body.GetSpan(sizeof(uint)), checked((uint)value));
        body.Advance(sizeof(uint));
    }

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}
