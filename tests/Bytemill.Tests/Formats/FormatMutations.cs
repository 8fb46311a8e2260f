using System.Buffers.Binary;
using System.Security.Cryptography;
using Bytemill.Tokenization;
using CsCheck;

namespace Bytemill.Tests;

/// <summary>Damages files: flips, splices, cuts, repetitions, and numbers that claim to be huge.</summary>
internal static class FormatMutations
{
    private static readonly byte[][] s_tokens =
    [
        [0xFF, 0xFF, 0xFF, 0xFF], [0xFF, 0xFF, 0xFF, 0xFF, 0x0F], [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01], [0x80], [0], [0x7F], "\""u8.ToArray(),
        "["u8.ToArray(), "{"u8.ToArray(), "]"u8.ToArray(), "}"u8.ToArray(), "\\"u8.ToArray(), "\\ud800"u8.ToArray(), "\\u0000"u8.ToArray(), "null"u8.ToArray(),
        "1e999"u8.ToArray(), "-1"u8.ToArray(), "9223372036854775808"u8.ToArray(), "NaN"u8.ToArray(), "0.5"u8.ToArray(), "\n"u8.ToArray(), "\r\n"u8.ToArray(), "\t"u8.ToArray(),
        [0xED, 0xA0, 0x80], [0xC0], [0xEF, 0xBB, 0xBF], "[[[[[[[[[[[[[[[["u8.ToArray(), "\"a\":"u8.ToArray(), ","u8.ToArray(), "\\x"u8.ToArray(), "# "u8.ToArray(),
    ];

    private static readonly Gen<byte[]> s_insert = Gen.OneOf(Gen.Byte.Array[0, 6], Gen.Int[0, s_tokens.Length - 1].Select(i => s_tokens[i]));

    /// <summary>All ways to read a model.</summary>
    public static IReadOnlyList<Func<Stream, TokenizerModel>> Readers { get; } =
    [
        stream => ModelFormats.Read(stream), .. Enum.GetValues<ModelFormat>().Select(Reader),
    ];

    /// <summary>The reader of one format alone.</summary>
    public static Func<Stream, TokenizerModel> Reader(ModelFormat format) => format switch
    {
        ModelFormat.Compiled => LoadAndEncode,
        ModelFormat.BytePiece => stream => BytePieceFormat.Read(stream),
        ModelFormat.HuggingFace => stream => HuggingFaceFormat.Read(stream),
        ModelFormat.SentencePiece => stream => SentencePieceFormat.Read(stream),
        ModelFormat.Tsv => stream => TsvFormat.Read(stream),
        _ => stream => ModelFile.Read(stream),
    };

    /// <summary>One to four faults in a file; half of them within its first 400 or last 600 bytes, where the structure is.</summary>
    public static Gen<byte[]> Of(byte[] file) =>
        Gen.Select(Gen.Int[0, 5], Gen.Double[0, 1], s_insert, Gen.Int[0, 40], Gen.Int[0, 7]).Array[1, 4]
            .Select(faults => faults.Aggregate(file, (bytes, fault) => Damage(bytes, fault.Item1, fault.Item2, fault.Item3, fault.Item4, fault.Item5)));

    /// <summary>A model of our own file formats with the checksum put right, so that the damage reaches what is behind it.</summary>
    public static byte[] WithChecksum(byte[] file, ModelFormat format)
    {
        if (format == ModelFormat.Compiled)
        {
            byte[] whole = [.. file];
            if (whole.Length > sizeof(uint))
            {
                BinaryPrimitives.WriteUInt32LittleEndian(whole.AsSpan(^sizeof(uint)), Crc32C.Finish(Crc32C.Append(Crc32C.Initial, whole.AsSpan(..^sizeof(uint)))));
            }

            return whole;
        }

        return file.Length < 44 ? file : [.. file[..^32], .. SHA256.HashData(file.AsSpan(0, file.Length - 32))];
    }

    /// <summary>Reads a file; fails unless it gives a model or an error in words, with little memory.</summary>
    public static void Read(byte[] file, Func<Stream, TokenizerModel> read)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            TokenizerModel model = read(new MemoryStream(file));
            Assert.True(model.Vocabulary.Count >= 259);
        }
        catch (ModelFormatException error)
        {
            Assert.Contains("model", error.Message, StringComparison.Ordinal);
            Assert.InRange(error.Message.Length, 20, 2000);
        }

        // Some hundred bytes for each of the file: JSON's tables, the model, and its form to compare with.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, (1 << 20) + (400L * file.Length));
    }

    // An automaton that was let through is walked by pointers, so it must be safe to walk.
    private static TokenizerModel LoadAndEncode(Stream stream)
    {
        var tokenizer = Tokenizer.Load(stream);
        Assert.All(tokenizer.Encode("the thing in née 中文 aaaa\n\n.\n😀 \0\u00FF"), id => Assert.InRange(id, 0, tokenizer.Model.IdCount - 1));
        return tokenizer.Model;
    }

    private static byte[] Damage(byte[] file, int kind, double where, byte[] insert, int cut, int bit)
    {
        int at = kind switch
        {
            0 or 1 => (int)(where * Math.Min(400, file.Length)),
            2 => file.Length - (int)(where * Math.Min(600, file.Length)),
            _ => (int)(where * file.Length),
        };
        at = Math.Clamp(at, 0, Math.Max(0, file.Length - 1));
        int end = Math.Min(at + cut, file.Length);
        return bit switch
        {
            0 => file[..at],
            1 when file.Length > 0 => [.. file[..at], (byte)(file[at] ^ (1 << (cut % 8))), .. file[(at + 1)..]],
            2 => [.. file[..end], .. file[at..]],
            3 => [.. file[..at], .. file[end..]],
            _ => [.. file[..at], .. insert, .. file[Math.Min(at + insert.Length, file.Length)..]],
        };
    }
}
