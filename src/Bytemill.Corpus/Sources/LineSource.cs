using System.Collections.Immutable;
using System.Text.Unicode;

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
        using CorpusSource file = CorpusSource.Open(path);
        return new LineSource(path, format, options, file.LengthBytes, LineFile.Fingerprint(file));
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

    public void CheckCopied(int group, CopiedColumns copied, RowSelection selection, CancellationToken cancellationToken = default)
    {
        // They are read with the text.
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
        using LineReader lines = new(Path, LineFile.OpenContent(Path, _format, Math.Max(0, start - 1), end), start, end);
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
                AddLine(builder, lines, line, row);
            }
            else
            {
                AddObject(builder, lines, json, line, row);
            }
        }

        return builder.RowCount == 0 ? null : builder.Build();
    }

    private void AddLine(TextBatchBuilder builder, LineReader lines, ReadOnlySpan<byte> line, long row)
    {
        if (Utf8.IsValid(line))
        {
            builder.AddText(line, isNull: false);
        }
        else if (MayUse(builder, lines, row, line))
        {
            builder.AddText(Mended(line), isNull: false);
        }
    }

    private void AddObject(TextBatchBuilder builder, LineReader lines, JsonLineParser json, ReadOnlySpan<byte> line, long row)
    {
        if (json.Parse(line) is { } fault)
        {
            if (!_options.ReportsFaults || _options.OnError != InputErrorHandling.Skip)
            {
                throw new CorpusException($"{Path}: line {NumberOf(lines)}: {fault}");
            }

            builder.LeaveOut(new RowFault(row, RowFaultKind.BadLine, line.Length, fault));
            return;
        }

        for (int i = 0; i < _comparisons!.Value.Length; i++)
        {
            if (!json.Meets(i, _comparisons.Value[i]))
            {
                builder.PassOver();
                return;
            }
        }

        int invalid = FirstInvalid(json);
        if (invalid >= 0 && !MayUse(builder, lines, row, ValueOf(json, invalid)))
        {
            return;
        }

        builder.AddText(Mended(json.Text), json.IsNull);
        for (int i = 0; i < _options.Keep.Length; i++)
        {
            builder.AddKept(i, Mended(json.Kept(i)), json.IsKeptNull(i));
        }
    }

    // The text is number 0, the kept properties follow.
    private static ReadOnlySpan<byte> ValueOf(JsonLineParser json, int number) => number == 0 ? json.Text : json.Kept(number - 1);

    private int FirstInvalid(JsonLineParser json)
    {
        for (int number = 0; number <= _options.Keep.Length; number++)
        {
            if (!Utf8.IsValid(ValueOf(json, number)))
            {
                return number;
            }
        }

        return -1;
    }

    private ReadOnlySpan<byte> Mended(ReadOnlySpan<byte> text) =>
        _options.InvalidUtf8 == InvalidUtf8Handling.Replace && !Utf8.IsValid(text) ? Utf8Text.Replace(text) : text;

    // Decides about a row that is no UTF-8; one that is left out is added as such.
    private bool MayUse(TextBatchBuilder builder, LineReader lines, long row, ReadOnlySpan<byte> invalid)
    {
        switch (_options.InvalidUtf8)
        {
            case InvalidUtf8Handling.Keep or InvalidUtf8Handling.Replace:
                builder.InvalidRows++;
                return true;
            case InvalidUtf8Handling.SkipRow when _options.ReportsFaults:
                builder.LeaveOut(new RowFault(row, RowFaultKind.InvalidUtf8, invalid.Length, Utf8Text.Describe(invalid)));
                return false;
            default:
                throw new CorpusException($"{Path}: line {NumberOf(lines)}: {Utf8Text.Describe(invalid)}. {TextBatch.InvalidUtf8Advice}") { Fault = CorpusFault.InvalidUtf8 };
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
