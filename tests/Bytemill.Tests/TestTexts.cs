using System.Buffers;
using System.Text;
using Bytemill.Tokenization;
using CsCheck;

namespace Bytemill.Tests;

/// <summary>Random texts full of what goes wrong: combining marks, cut characters, newlines, digits, names of special tokens.</summary>
internal static class TestTexts
{
    private static readonly string[] s_parts =
    [
        "the", " the", "thing", " in", "a", "aa", "aaa", "b", "c", "abc", "e\u0301", "\u0301", "n\u0303\u0323", "é", "éé", "中", "文", "中文", "\n", "\n\n", "\r\n", ".\n",
        "1", "12", "123", "٣٤", "٣", "５", "😀", "😀😀", "\u1112\u1161\u11ab", "가", "\u1100", "\u1161", "<bos>", "<b", "<|end|>", "<|end", "<|end|>|>", "|>", "\0", "\u2028", "\u0344", "\u0f73", "\u212b", " ", "x",
    ];

    private static readonly byte[][] s_faults =
    [
        [0x80], [0xC3], [0xE4, 0xB8], [0xF0, 0x9F, 0x98], [0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xCC], [0xD9], [0xEF, 0xBC],
    ];

    private static readonly Gen<string> s_part = Gen.Int[0, s_parts.Length - 1].Select(i => s_parts[i]);
    private static readonly Gen<byte[]> s_illFormed = Gen.Int[0, s_faults.Length - 1].Select(i => s_faults[i]);

    public static readonly Gen<string> Text = s_part.Array[0, 40].Select(string.Concat);

    public static readonly Gen<byte[]> Bytes = Gen.OneOf(s_part.Select(Encoding.UTF8.GetBytes), s_part.Select(Encoding.UTF8.GetBytes), s_illFormed)
        .Array[0, 40].Select(parts => parts.SelectMany(p => p).ToArray());

    public static readonly Gen<int[]> CutLengths = Gen.Int[1, 9].Array[1, 12];

    public static IEnumerable<byte[]> Cut(byte[] text, int[] lengths)
    {
        for (int start = 0, i = 0; start < text.Length; i++)
        {
            int end = Math.Min(text.Length, start + lengths[i % lengths.Length]);
            yield return text[start..end];
            start = end;
        }
    }

    /// <summary>The ids of a text that comes in parts; the encoder is ready for another text afterwards.</summary>
    public static int[] Stream(StreamingEncoder encoder, byte[] text, int[] lengths)
    {
        var ids = new ArrayBufferWriter<int>();
        foreach (byte[] part in Cut(text, lengths))
        {
            encoder.Append(part, ids);
        }

        encoder.Complete(ids);
        return ids.WrittenSpan.ToArray();
    }
}
