using System.Buffers;
using System.Globalization;

namespace Bytemill.Tokenization;

/// <summary>The options of a model as lines <c>key=value</c>, as foreign files carry them; keys as in the model file.</summary>
internal static class OptionLines
{
    private static readonly SearchValues<char> s_versionCharacters = SearchValues.Create("0123456789.");

    /// <summary>The lines in order of their keys; numbers in decimal.</summary>
    public static string[] Format(ModelOptions options) =>
    [
        "ensure_unicode=" + (options.EnsureUnicode ? "1" : "0"),
        "isolate_digits=" + (options.IsolateDigits ? "1" : "0"),
        "max_piece_length=" + Number(options.MaxPieceLength),
        "max_vocab_size=" + Number(options.MaxVocabSize),
        "min_count=" + Number(options.MinCount),
        "normalization=" + (options.Normalization == TextNormalization.Nfc ? "nfc" : "none"),
        "order=" + Number(options.Order),
        "unicode_version=" + options.UnicodeVersion,
    ];

    /// <summary>Takes one line into <paramref name="options"/>.</summary>
    /// <returns>False when the key is unknown or the value is not one of its own.</returns>
    public static bool TryApply(string line, ref ModelOptions options)
    {
        int equals = line.IndexOf('=', StringComparison.Ordinal);
        if (equals < 0)
        {
            return false;
        }

        string value = line[(equals + 1)..];
        bool isNumber = long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out long number);
        bool isInt32 = isNumber && number <= int.MaxValue;
        bool isFlag = isNumber && number <= 1;
        ModelOptions? changed = line[..equals] switch
        {
            "ensure_unicode" when isFlag => options with { EnsureUnicode = number == 1 },
            "isolate_digits" when isFlag => options with { IsolateDigits = number == 1 },
            "max_piece_length" when isInt32 => options with { MaxPieceLength = (int)number },
            "max_vocab_size" when isInt32 => options with { MaxVocabSize = (int)number },
            "min_count" when isNumber => options with { MinCount = number },
            "normalization" when value is "nfc" or "none" => options with { Normalization = value == "nfc" ? TextNormalization.Nfc : TextNormalization.None },
            "order" when isInt32 => options with { Order = (int)number },
            "unicode_version" when !value.AsSpan().ContainsAnyExcept(s_versionCharacters) => options with { UnicodeVersion = value },
            _ => null,
        };
        options = changed ?? options;
        return changed is not null;
    }

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}
