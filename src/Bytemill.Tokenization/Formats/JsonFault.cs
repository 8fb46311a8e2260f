using System.Globalization;
using System.Text.Json;

namespace Bytemill.Tokenization;

/// <summary>Makes the error of a file that is no JSON.</summary>
internal static class JsonFault
{
    /// <summary>Names the file and the place, as line and byte in it, both from 1.</summary>
    public static ModelFormatException Create(JsonException error, string name, string remedy)
    {
        string message = error.Message;
        int place = message.LastIndexOf(" LineNumber:", StringComparison.Ordinal);

        // The reader's own message may quote a value of any length.
        message = Throw.OneLine(place < 0 ? message : message[..place]);
        return new ModelFormatException(
            string.Create(CultureInfo.InvariantCulture, $"{name}, line {error.LineNumber + 1}, byte {error.BytePositionInLine + 1}: {message} {remedy}"), error);
    }
}
