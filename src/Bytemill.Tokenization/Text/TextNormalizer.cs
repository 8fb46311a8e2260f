using System.Buffers;

namespace Bytemill.Tokenization;

/// <summary>Unicode Normalization Form C of UTF-8 text, by our own data, the same on every platform.</summary>
/// <remarks>
/// UAX #15 for Unicode 15.0.0. Neither the platform's ICU nor its invariant mode, which leaves text as it is, has a say.
/// A byte of an ill-formed sequence passes through as a starter that composes with nothing; whether to accept it is the caller's decision.
/// </remarks>
public static class TextNormalizer
{
    /// <summary>Version of Unicode whose normalization, digits and character data are used.</summary>
    public const string UnicodeVersion = UnicodeData.Version;

    /// <summary>Whether <paramref name="utf8"/> is in Normalization Form C.</summary>
    /// <param name="utf8">UTF-8 bytes; ill-formed ones are of no effect.</param>
    /// <remarks>Exact. O(length), and a vectorised search over most scripts.</remarks>
    public static bool IsNfc(ReadOnlySpan<byte> utf8) => !new NfcCursor(utf8).MoveToChange();

    /// <summary>The Normalization Form C of <paramref name="utf8"/>.</summary>
    /// <param name="utf8">UTF-8 bytes; ill-formed ones pass through. Must not lie in <paramref name="scratch"/>.</param>
    /// <param name="scratch">Emptied first, then written only if the text changes.</param>
    /// <returns><paramref name="utf8"/> itself when it is in the form already, else what was written to <paramref name="scratch"/>.</returns>
    /// <remarks>O(length), whatever the runs of combining marks.</remarks>
    public static ReadOnlySpan<byte> ToNfc(ReadOnlySpan<byte> utf8, ArrayBufferWriter<byte> scratch)
    {
        ArgumentNullException.ThrowIfNull(scratch);
        scratch.ResetWrittenCount();
        var cursor = new NfcCursor(utf8);
        if (!cursor.MoveToChange())
        {
            return utf8;
        }

        WriteChanges(ref cursor, utf8, scratch);
        return scratch.WrittenSpan;
    }

    /// <summary>Appends the Normalization Form C of <paramref name="utf8"/> to <paramref name="output"/>.</summary>
    internal static void WriteNfc(ReadOnlySpan<byte> utf8, IBufferWriter<byte> output)
    {
        var cursor = new NfcCursor(utf8);
        if (cursor.MoveToChange())
        {
            WriteChanges(ref cursor, utf8, output);
        }
        else
        {
            output.Write(utf8);
        }
    }

    private static void WriteChanges(ref NfcCursor cursor, ReadOnlySpan<byte> utf8, IBufferWriter<byte> output)
    {
        int copied = 0;
        do
        {
            output.Write(utf8[copied..cursor.ChangeStart]);
            output.Write(cursor.Replacement);
            copied = cursor.ChangeEnd;
        }
        while (cursor.MoveToChange());
        output.Write(utf8[copied..]);
    }
}
