using System.Buffers;
using System.Text;
using Bytemill.Tokenization;

namespace Bytemill.MLTokenizers;

/// <summary>The normal form of an encoded text with the places of its tokens: the pieces one behind the other.</summary>
/// <remarks>
/// So special tokens are those that the tokenizer found in the text as given: normalising first could make a name out of what
/// spells none.
/// </remarks>
internal static class Layout
{
    /// <param name="tokenizer">What gave the ids.</param>
    /// <param name="ids">Ids of a text without lone surrogates.</param>
    /// <param name="options">With which it was encoded: tokens that they add have no text.</param>
    /// <param name="text">The normal form.</param>
    /// <returns>The tokens with their places in <paramref name="text"/>, in UTF-16 code units; a part of a character is given all of it.</returns>
    public static TokenSpan[] Create(Tokenizer tokenizer, ReadOnlySpan<int> ids, EncodeOptions options, out string text)
    {
        var bytes = new ArrayBufferWriter<byte>((4 * ids.Length) + 1);
        int[] ends = new int[ids.Length];
        for (int i = 0; i < ids.Length; i++)
        {
            bool isAdded = (options.AddBos && i == 0) || (options.AddEos && i == ids.Length - 1);
            if (!isAdded && tokenizer.Model.SpecialTokens.TryGetName(ids[i], out string name))
            {
                bytes.Write(Encoding.UTF8.GetBytes(name));
            }
            else
            {
                tokenizer.Decode([ids[i]], bytes);
            }

            ends[i] = bytes.WrittenCount;
        }

        ReadOnlySpan<byte> utf8 = bytes.WrittenSpan;
        text = Encoding.UTF8.GetString(utf8);
        var tokens = new TokenSpan[ids.Length];
        var starts = new Cursor();
        var stops = new Cursor();
        for (int i = 0; i < tokens.Length; i++)
        {
            int start = i == 0 ? 0 : ends[i - 1];
            tokens[i] = new TokenSpan(ids[i], starts.Before(utf8, start), start == ends[i] ? starts.Unit : stops.After(utf8, ends[i]));
        }

        return tokens;
    }

    /// <summary>A character border in UTF-8, as a place in UTF-16; goes forward only.</summary>
    private struct Cursor
    {
        private int _byte;

        public int Unit { get; private set; }

        public int Before(ReadOnlySpan<byte> utf8, int target)
        {
            while (_byte < target && _byte + LengthAt(utf8[_byte]) <= target)
            {
                Advance(LengthAt(utf8[_byte]));
            }

            return Unit;
        }

        public int After(ReadOnlySpan<byte> utf8, int target)
        {
            while (_byte < target)
            {
                Advance(LengthAt(utf8[_byte]));
            }

            return Unit;
        }

        private static int LengthAt(byte lead) => lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;

        private void Advance(int length)
        {
            _byte += length;
            Unit += length == 4 ? 2 : 1;
        }
    }
}
