using System.Globalization;

namespace Bytemill.Tokenization;

/// <summary>Makes sure that a file which claims to be one of ours says what its model says.</summary>
internal static class ExportCheck
{
    /// <summary>Compares a file with what its model is written as, so that each score and rule in it is that of the model.</summary>
    /// <exception cref="ModelFormatException">They differ.</exception>
    public static void Same(ReadOnlySpan<byte> file, TokenizerModel model, Action<TokenizerModel, Stream> write, string name)
    {
        using var again = new MemoryStream(file.Length);
        try
        {
            write(model, again);
        }
        catch (ModelExportException error)
        {
            throw new ModelFormatException($"{name}: {Throw.OneLine(error.Message)}", error);
        }

        ReadOnlySpan<byte> expected = again.GetBuffer().AsSpan(0, (int)again.Length);
        int at = file.CommonPrefixLength(expected);
        if (at < file.Length || at < expected.Length)
        {
            Throw.Format(name, "byte " + at.ToString(CultureInfo.InvariantCulture), Show(file[at..]), Show(expected[at..]) + " as Bytemill writes this model",
                "The file was changed after the export, or written by another release: import the model it was made of.");
        }
    }

    private static string Show(ReadOnlySpan<byte> bytes) =>
        bytes.IsEmpty ? "the end" : "bytes " + Throw.Hex(bytes[..Math.Min(bytes.Length, 16)]);
}
