using System.Globalization;

namespace Bytemill.Corpus;

/// <summary>One input as a user writes it: a file, directory or glob, with <c>@2</c> behind it when its text counts twice; or <c>@list.txt</c>,
/// a file with an input in each line.</summary>
/// <param name="Pattern">File, directory or glob; for a list, its file.</param>
/// <param name="Weight">At least 1; null where none was given.</param>
/// <param name="IsList">Whether the file holds inputs.</param>
public sealed record InputExpression(string Pattern, int? Weight, bool IsList)
{
    /// <summary>Largest weight.</summary>
    public const int MaxWeight = 1_000_000;

    /// <summary>Takes an input apart. A path that exists is taken as it is, whatever characters it has.</summary>
    /// <exception cref="CorpusException">The weight is out of range, or nothing is left of the rest.</exception>
    public static InputExpression Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (string.IsNullOrWhiteSpace(text))
        {
            throw new CorpusException("An input is an empty string; name a file, a directory or a glob.");
        }

        if (!StorePath.IsRemote(text) && Path.Exists(text))
        {
            return new InputExpression(text, null, IsList: false);
        }

        bool isList = text[0] == '@';
        string rest = isList ? text[1..] : text;
        int at = rest.LastIndexOf('@');
        int? weight = null;
        if (at >= 0 && rest.AsSpan(at + 1) is { IsEmpty: false } digits && digits.IndexOfAnyExceptInRange('0', '9') < 0 && !Exists(rest, text))
        {
            weight = int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number is >= 1 and <= MaxWeight
                ? number
                : throw new CorpusException($"Input '{text}': a weight (after '@') must be in [1..{MaxWeight}]; found {digits}. To leave files out, do not name them.");
            rest = rest[..at];
        }

        return rest.Length == 0
            ? throw new CorpusException($"Input '{text}': there is no path in it. Write 'PATH@WEIGHT' for text that counts several times, or '@FILE' for a file with an input in each line.")
            : new InputExpression(rest, weight, isList);
    }

    /// <summary>The same input for a process that works in another directory.</summary>
    /// <exception cref="CorpusException">As for <see cref="Parse"/>.</exception>
    public static string Absolute(string text)
    {
        InputExpression parsed = Parse(text);
        return (parsed with { Pattern = StorePath.Full(parsed.Pattern) }).ToString();
    }

    private static bool Exists(string path, string text)
    {
        try
        {
            return Stores.Exists(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new CorpusException($"Input '{text}': {error.Message}", error);
        }
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{(IsList ? "@" : "")}{Pattern}{(Weight is { } weight ? $"@{weight}" : "")}");
}
