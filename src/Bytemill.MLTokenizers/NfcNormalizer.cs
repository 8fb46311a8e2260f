using System.Buffers;
using System.Text;
using System.Text.Unicode;
using Bytemill.Tokenization;
using Microsoft.ML.Tokenizers;

namespace Bytemill.MLTokenizers;

/// <summary>Unicode NFC as Bytemill has it: of one Unicode version, whatever the platform's. Lone surrogates become U+FFFD.</summary>
public sealed class NfcNormalizer : Normalizer
{
    private NfcNormalizer()
    {
    }

    /// <summary>The normalizer; it has no state.</summary>
    public static NfcNormalizer Instance { get; } = new();

    /// <inheritdoc/>
    public override string Normalize(string original)
    {
        ArgumentNullException.ThrowIfNull(original);
        string? changed = NormalizeIfNeeded(original);
        return changed ?? original;
    }

    /// <inheritdoc/>
    public override string Normalize(ReadOnlySpan<char> original) => NormalizeIfNeeded(original) ?? original.ToString();

    // Null where the text is normal already, as nearly all is.
    private static string? NormalizeIfNeeded(ReadOnlySpan<char> text)
    {
        byte[] utf8 = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(text.Length));
        Utf8.FromUtf16(text, utf8, out _, out int length);
        ReadOnlySpan<byte> given = utf8.AsSpan(0, length);
        string? changed = null;
        if (!TextNormalizer.IsNfc(given))
        {
            changed = Encoding.UTF8.GetString(TextNormalizer.ToNfc(given, new ArrayBufferWriter<byte>()));
        }
        else if (Surrogates.FindLone(text) >= 0)
        {
            changed = Encoding.UTF8.GetString(given);
        }

        ArrayPool<byte>.Shared.Return(utf8);
        return changed;
    }
}
