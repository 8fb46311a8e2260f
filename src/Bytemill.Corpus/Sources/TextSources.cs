namespace Bytemill.Corpus;

/// <summary>Opens input files of every format.</summary>
public static class TextSources
{
    /// <summary>Opens a file and checks what can be checked without reading its text, on the calling thread.</summary>
    /// <param name="path">An input file; <see cref="InputFormat.Of"/> tells its format.</param>
    /// <param name="options">What to read.</param>
    /// <exception cref="CorpusException">The file is missing, damaged or not of its format; there is no such column (the message names the
    /// ones there are); the column is not text (the message names its type).</exception>
    public static ITextSource Open(string path, SourceOptions options)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(options);
        InputFormat format = InputFormat.Of(path);
        return format.IsLines ? LineSource.Open(path, format, options) : TextColumnReader.Open(path, options);
    }

    /// <summary>Looks at a file without reading all of its data.</summary>
    /// <inheritdoc cref="Open"/>
    public static CorpusFile Inspect(string path, SourceOptions options)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(options);
        InputFormat format = InputFormat.Of(path);
        return format.IsLines ? LineFile.Inspect(path, format, options) : CorpusInspector.Inspect(path, options);
    }
}
