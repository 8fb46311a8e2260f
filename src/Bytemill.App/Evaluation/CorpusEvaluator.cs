using System.Buffers;
using System.Collections.Immutable;
using System.Text;
using Bytemill.Corpus;
using Bytemill.Pipeline;
using Bytemill.Tokenization;

namespace Bytemill.App;

/// <summary>Encodes a corpus with several models and counts, on threads of its own; one row group at a time on each.</summary>
internal sealed class CorpusEvaluator
{
    /// <summary>Groups at most: beyond it the column is no language, but a key.</summary>
    public const int MaxGroups = 10_000;

    // Text that a thread holds at a time.
    private const long BatchBytes = 16 << 20;

    private readonly ImmutableArray<Tokenizer> _tokenizers;
    private readonly ImmutableArray<CorpusFile> _files;
    private readonly (int File, int RowGroup)[] _work;
    private readonly SourceOptions _options;
    private readonly string? _groupColumn;
    private int _next;
    private long _doneBytes;

    /// <exception cref="CorpusException">A file cannot be read, or lacks a column.</exception>
    public CorpusEvaluator(
        ImmutableArray<Tokenizer> tokenizers, IEnumerable<string> files, SourceOptions options, string? groupColumn, long? limit = null)
    {
        _tokenizers = tokenizers;
        _options = options;
        _groupColumn = groupColumn;
        _files = SelectedFiles.Inspect(files, options, limit);
        foreach (CorpusFile file in _files)
        {
            CheckGroupColumn(file.Path);
        }

        _work = [.. _files.SelectMany((file, index) => Enumerable.Range(0, file.RowGroups.Length).Where(group => !file.RowGroups[group].IsLeftAside).Select(group => (index, group)))];
        TotalBytes = _work.Sum(work => _files[work.File].RowGroups[work.RowGroup].TextBytes);
    }

    /// <summary>About how many bytes of text there are, as the footers tell.</summary>
    public long TotalBytes { get; }

    /// <summary>Of <see cref="TotalBytes"/>, what is done.</summary>
    public long DoneBytes => Volatile.Read(ref _doneBytes);

    /// <summary>Reads the whole corpus.</summary>
    /// <param name="threads">1 or more; changes no result.</param>
    /// <param name="cancellationToken">Looked at between texts.</param>
    /// <returns>Statistics of each model, and totals of each group for each model.</returns>
    public (TokenStatistics Statistics, SortedDictionary<string, TokenTotals> Groups)[] Run(int threads, CancellationToken cancellationToken)
    {
        _next = 0;
        _doneBytes = 0;
        var partials = new Partial[Math.Min(threads, Math.Max(1, _work.Length))];
        var failures = new Exception?[partials.Length];
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Thread[] running = new Thread[partials.Length];
        for (int i = 0; i < running.Length; i++)
        {
            int index = i;
            partials[i] = new Partial(_tokenizers);
            running[i] = new Thread(() =>
            {
                try
                {
                    Work(partials[index], stop.Token);
                }
                catch (Exception error) when (error is not (OutOfMemoryException or StackOverflowException))
                {
                    failures[index] = error;
                    stop.Cancel();
                }
            })
            {
                IsBackground = true,
                Name = Units.Format($"evaluate {i}"),
            };
            running[i].Start();
        }

        foreach (Thread thread in running)
        {
            thread.Join();
        }

        cancellationToken.ThrowIfCancellationRequested();
        Exception? failure = Array.Find(failures, error => error is not (null or OperationCanceledException));
        if (failure is not null)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(failure);
        }

        foreach (Partial partial in partials[1..])
        {
            partials[0].Add(partial);
        }

        CheckGroups(partials[0]);
        return [.. partials[0].Models];
    }

    private void CheckGroupColumn(string file)
    {
        if (_groupColumn is null)
        {
            return;
        }

        if (InputFormat.Of(file).Kind == InputKind.PlainText)
        {
            throw new JobInputException($"--group-by {_groupColumn}: {file} is plain text, which has no columns. Leave the option out.");
        }

        try
        {
            TextSources.Inspect(file, _groupColumn);
        }
        catch (CorpusException error)
        {
            // The reader takes every column it is asked for as the text.
            throw new JobInputException($"--group-by {_groupColumn}: {error.Message.Replace("--text-column", "--group-by", StringComparison.Ordinal)}", error);
        }
    }

    private void Work(Partial partial, CancellationToken cancellationToken)
    {
        while (true)
        {
            int index = Interlocked.Increment(ref _next) - 1;
            if (index >= _work.Length)
            {
                return;
            }

            (int file, int group) = _work[index];
            List<string>? names = _groupColumn is null ? null : ReadGroups(_files[file].Path, group, partial, cancellationToken);
            using ITextSource source = TextSources.Open(_files[file].Path, _options);
            RowSelection selection = source.SelectRows(group, _files[file].RowGroups[group].Take, cancellationToken);
            foreach (TextBatch batch in source.ReadBatches(group, BatchBytes, selection, cancellationToken))
            {
                using (batch)
                {
                    for (int row = 0; row < batch.RowCount; row++)
                    {
                        cancellationToken.ThrowIfCancellationRequested();
                        if (batch.IsTaken(row) && !batch.IsNull(row))
                        {
                            partial.Count(batch[row], names?[(int)(batch.FirstRow + row)]);
                        }
                    }
                }
            }

            Interlocked.Add(ref _doneBytes, _files[file].RowGroups[group].TextBytes);
        }
    }

    private List<string> ReadGroups(string path, int group, Partial partial, CancellationToken cancellationToken)
    {
        using ITextSource source = TextSources.Open(path, _groupColumn!);
        List<string> names = [];
        foreach (TextBatch batch in source.ReadBatches(group, BatchBytes, RowSelection.All, cancellationToken))
        {
            using (batch)
            {
                for (int row = 0; row < batch.RowCount; row++)
                {
                    names.Add(batch.IsNull(row) ? "(null)" : partial.NameOf(batch[row]));
                }
            }
        }

        CheckGroups(partial);
        return names;
    }

    private void CheckGroups(Partial partial)
    {
        if (partial.GroupCount > MaxGroups)
        {
            throw new JobInputException(
                Units.Format($"--group-by {_groupColumn}: the column has more than {MaxGroups} different values; choose one that has few, such as a language."));
        }
    }

    /// <summary>What one thread counts.</summary>
    private sealed class Partial
    {
        private readonly ImmutableArray<Tokenizer> _tokenizers;
        private readonly ArrayBufferWriter<int> _ids = new();
        private readonly Dictionary<string, string> _names = new(StringComparer.Ordinal);
        private char[] _characters = new char[64];

        public Partial(ImmutableArray<Tokenizer> tokenizers)
        {
            _tokenizers = tokenizers;
            Models = [.. tokenizers.Select(t => (new TokenStatistics(t.Model.Vocabulary), new SortedDictionary<string, TokenTotals>(StringComparer.Ordinal)))];
        }

        public (TokenStatistics Statistics, SortedDictionary<string, TokenTotals> Groups)[] Models { get; }

        public int GroupCount => Math.Max(_names.Count, Models[0].Groups.Count);

        public void Count(ReadOnlySpan<byte> text, string? group)
        {
            for (int i = 0; i < _tokenizers.Length; i++)
            {
                _ids.ResetWrittenCount();
                _tokenizers[i].Encode(text, _ids);
                TokenTotals totals = Models[i].Statistics.Add(text, _ids.WrittenSpan);
                if (group is not null)
                {
                    Models[i].Groups[group] = Models[i].Groups.GetValueOrDefault(group) + totals;
                }
            }
        }

        // One string for each value, not for each row.
        public string NameOf(ReadOnlySpan<byte> utf8)
        {
            if (_characters.Length < utf8.Length)
            {
                _characters = new char[utf8.Length];
            }

            ReadOnlySpan<char> name = _characters.AsSpan(0, Encoding.UTF8.GetChars(utf8, _characters));
            var lookup = _names.GetAlternateLookup<ReadOnlySpan<char>>();
            if (!lookup.TryGetValue(name, out string? known))
            {
                known = name.ToString();
                _names.Add(known, known);
            }

            return known;
        }

        public void Add(Partial other)
        {
            for (int i = 0; i < Models.Length; i++)
            {
                Models[i].Statistics.Add(other.Models[i].Statistics);
                foreach ((string group, TokenTotals totals) in other.Models[i].Groups)
                {
                    Models[i].Groups[group] = Models[i].Groups.GetValueOrDefault(group) + totals;
                }
            }
        }
    }
}
