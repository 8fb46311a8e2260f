using System.Collections.Immutable;
using Microsoft.Win32.SafeHandles;

namespace Bytemill.Corpus;

/// <summary>A file of lines: plain text, or JSON objects.</summary>
internal sealed class LineSource : ITextSource
{
    private readonly InputFormat _format;
    private readonly SourceOptions _options;
    private readonly long _length;

    // Null when the directories of the file meet no condition.
    private readonly ImmutableArray<Comparison>? _comparisons;
    private readonly ImmutableArray<string> _compared;

    private LineSource(string path, InputFormat format, SourceOptions options, long length, string fingerprint)
    {
        (Path, _format, _length, Fingerprint) = (path, format, length, fingerprint);
        _options = options with { Keep = HivePath.WithoutDirectories(path, options.Keep) };
        _comparisons = options.Where is { } condition ? condition.After(path) : [];
        _compared = [.. (_comparisons ?? []).Select(comparison => comparison.Column)];
        if (format.Kind == InputKind.PlainText && _compared.Length > 0)
        {
            throw new CorpusException(
                $"{path}: no column '{_compared[0]}' to compare (--where): the lines of a text file have no columns, only its directories (lang=zh/) have.");
        }
    }

    public string Path { get; }

    public string Fingerprint { get; }

    public int GroupCount => LineFile.GroupCount(_format, _length);

    public static LineSource Open(string path, InputFormat format, SourceOptions options)
    {
        using SafeFileHandle file = LineFile.OpenHandle(path);
        long length = RandomAccess.GetLength(file);
        return new LineSource(path, format, options, length, LineFile.Fingerprint(path, file, length));
    }

    public RowSelection SelectRows(int group, long? take, CancellationToken cancellationToken = default) =>
        _comparisons is null ? RowSelection.First(0) : take is { } rows ? RowSelection.First(rows) : RowSelection.All;

    public IEnumerable<TextBatch> ReadBatches(int group, long batchBytes, RowSelection selection, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(group);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(group, GroupCount);
        ArgumentOutOfRangeException.ThrowIfLessThan(batchBytes, 1);
        ArgumentNullException.ThrowIfNull(selection);
        return Enumerate(group, batchBytes, selection, cancellationToken);
    }

    public void Dispose()
    {
        // Every enumeration opens the file itself.
    }

    private IEnumerable<TextBatch> Enumerate(int group, long batchBytes, RowSelection selection, CancellationToken cancellationToken)
    {
        bool isCut = _format.Compression == InputCompression.None;
        long start = isCut ? group * LineFile.GroupBytes : 0;
        long end = isCut ? LineFile.EndOf(group, _length) : long.MaxValue;
        using LineReader lines = new(Path, LineFile.OpenContent(Path, _format, Math.Max(0, start - 1)), start, end);
        using JsonLineParser? json = _format.Kind == InputKind.JsonLines ? new JsonLineParser(_options, _compared) : null;
        long row = 0;
        TextBatch? batch = null;
        do
        {
            cancellationToken.ThrowIfCancellationRequested();
            batch = ReadBatch(lines, json, group, row, batchBytes, selection);
            if (batch is not null)
            {
                row += batch.RowCount;
                yield return batch;
            }
        }
        while (batch is not null);
    }

    // Null at the end.
    private TextBatch? ReadBatch(LineReader lines, JsonLineParser? json, int group, long firstRow, long batchBytes, RowSelection selection)
    {
        using TextBatchBuilder builder = new(firstRow, json is null ? 0 : _options.Keep.Length);
        while (builder.Bytes < batchBytes && firstRow + builder.RowCount < selection.End && lines.TryRead(out ReadOnlySpan<byte> line))
        {
            if (json is not null && JsonLineParser.IsBlank(line))
            {
                continue;
            }

            long row = firstRow + builder.RowCount;
            if (!selection.Takes(row) || _options.Sample?.Takes(Fingerprint, group, row) == false)
            {
                builder.PassOver();
            }
            else if (json is null)
            {
                CheckUtf8(lines, line);
                builder.AddText(line, isNull: false);
            }
            else
            {
                AddObject(builder, lines, json, line);
            }
        }

        return builder.RowCount == 0 ? null : builder.Build();
    }

    private void AddObject(TextBatchBuilder builder, LineReader lines, JsonLineParser json, ReadOnlySpan<byte> line)
    {
        if (json.Parse(line) is { } fault)
        {
            throw new CorpusException($"{Path}: line {NumberOf(lines)}: {fault}");
        }

        for (int i = 0; i < _comparisons!.Value.Length; i++)
        {
            if (!json.Meets(i, _comparisons.Value[i]))
            {
                builder.PassOver();
                return;
            }
        }

        CheckUtf8(lines, json.Text);
        builder.AddText(json.Text, json.IsNull);
        for (int i = 0; i < _options.Keep.Length; i++)
        {
            CheckUtf8(lines, json.Kept(i));
            builder.AddKept(i, json.Kept(i), json.IsKeptNull(i));
        }
    }

    private void CheckUtf8(LineReader lines, ReadOnlySpan<byte> text)
    {
        if (!System.Text.Unicode.Utf8.IsValid(text))
        {
            int offset = TextBatch.FirstInvalid(text);
            throw new CorpusException(
                $"{Path}: line {NumberOf(lines)}: the text is no UTF-8 at byte {offset} of {text.Length} (0x{text[offset]:x2}). Convert or remove the line.");
        }
    }

    // Of a stretch that begins in the middle of the file, the lines before it are counted only when somebody asks.
    private long NumberOf(LineReader lines)
    {
        if (_format.Compression != InputCompression.None)
        {
            return lines.Lines;
        }

        using LineReader before = new(Path, LineFile.OpenContent(Path, _format, 0), 0, lines.LineStart);
        while (before.TryRead(out _))
        {
        }

        return before.Lines + 1;
    }
}
