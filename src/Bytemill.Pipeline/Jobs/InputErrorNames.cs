using Bytemill.Corpus;

namespace Bytemill.Pipeline;

/// <summary>What the command line and the manifest call the ways to handle broken input.</summary>
public static class InputErrorNames
{
    /// <summary>Name of a value of <c>--on-error</c>.</summary>
    public static string Of(InputErrorHandling handling) => handling switch
    {
        InputErrorHandling.Fail => "fail",
        InputErrorHandling.Skip => "skip",
        _ => throw new ArgumentOutOfRangeException(nameof(handling), handling, "Unknown way to handle input errors."),
    };

    /// <summary>Name of a value of <c>--invalid-utf8</c>.</summary>
    public static string Of(InvalidUtf8Handling handling) => handling switch
    {
        InvalidUtf8Handling.Fail => "fail",
        InvalidUtf8Handling.Replace => "replace",
        InvalidUtf8Handling.SkipRow => "skip-row",
        InvalidUtf8Handling.Keep => "keep",
        _ => throw new ArgumentOutOfRangeException(nameof(handling), handling, "Unknown way to handle invalid UTF-8."),
    };

    /// <summary>Reads a value of <c>--on-error</c>.</summary>
    /// <exception cref="JobInputException">There is none of that name.</exception>
    public static InputErrorHandling ReadOnError(string name) => Read<InputErrorHandling>("--on-error", name, Of);

    /// <summary>Reads a value of <c>--invalid-utf8</c>.</summary>
    /// <exception cref="JobInputException">There is none of that name.</exception>
    public static InvalidUtf8Handling ReadInvalidUtf8(string name) => Read<InvalidUtf8Handling>("--invalid-utf8", name, Of);

    private static T Read<T>(string option, string name, Func<T, string> nameOf)
        where T : struct, Enum
    {
        T[] values = Enum.GetValues<T>();
        int index = Array.FindIndex(values, value => string.Equals(nameOf(value), name, StringComparison.Ordinal));
        return index >= 0
            ? values[index]
            : throw new JobInputException($"{option} is {string.Join(", ", values[..^1].Select(nameOf))} or {nameOf(values[^1])}; found '{name}'.");
    }
}
