namespace Bytemill.Training;

/// <summary>Counts the n-grams of chunks in bounded memory and writes them as one run. For one thread.</summary>
/// <remarks>
/// Keeps the text, and counts one key per position: the n-gram of full order, or the shorter tail at a chunk's end. Shorter n-grams
/// follow from the sorted keys by adding up over prefixes (<see cref="NGramSliceMerger"/>). When the text takes half of the buffer, it is counted and
/// the result spilled.
/// </remarks>
public sealed class NGramCounter : IDisposable
{
    private readonly KeyRanges _ranges;
    private readonly IScratchSpace _scratch;
    private readonly int _fanIn;
    private readonly BlockCodec _codec = new();
    private readonly NGramText _text;
    private readonly INGramSorter _sorter;
    private List<RunSource> _spills = [];

    /// <param name="order">Longest n-gram counted, in bytes; 1 to 8.</param>
    /// <param name="ranges">Shards that the run is divided into.</param>
    /// <param name="bufferBytes">Memory for text and keys, taken as one block: text of up to 4/9 of it is counted without spilling, and keys
    /// use what the text leaves. Less than 512 is taken as that. Tables and the blocks being written take 5 MB at most on top,
    /// merging of spills 10 MB.</param>
    /// <param name="scratch">Where to spill.</param>
    /// <param name="weight">What every count is multiplied by, at least 1: as if all text came so many times.</param>
    public NGramCounter(int order, KeyRanges ranges, long bufferBytes, IScratchSpace scratch, int weight = 1)
        : this(order, ranges, bufferBytes, scratch, RunMerge.FanIn, weight)
    {
    }

    internal NGramCounter(int order, KeyRanges ranges, long bufferBytes, IScratchSpace scratch, int fanIn, int weight)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(weight, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(order, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(order, PackedNGram.MaxLength);
        ArgumentNullException.ThrowIfNull(ranges);
        ArgumentNullException.ThrowIfNull(scratch);
        ArgumentOutOfRangeException.ThrowIfNegative(bufferBytes);
        _ranges = ranges;
        _scratch = scratch;
        _fanIn = fanIn;
        _text = new NGramText(order, bufferBytes);
        _sorter = order <= 6 ? new NGramSorter<uint>(order, ranges, weight) : new NGramSorter<ulong>(order, ranges, weight);
    }

    /// <summary>Bytes of text added since the last <see cref="WriteTo"/>.</summary>
    public long BytesAdded { get; private set; }

    /// <summary>Spills so far since the last <see cref="WriteTo"/>.</summary>
    internal int Spills => _spills.Count;

    /// <summary>Counts the n-grams of one chunk; none crosses its edges.</summary>
    public void Add(ReadOnlySpan<byte> chunk)
    {
        ObjectDisposedException.ThrowIf(_text.IsDisposed, this);
        BytesAdded += chunk.Length;
        while (!chunk.IsEmpty)
        {
            chunk = chunk[_text.Add(chunk)..];
            if (!chunk.IsEmpty)
            {
                Spill();
            }
        }
    }

    /// <summary>Writes what was counted as one run, and starts anew.</summary>
    /// <param name="output">Receives the run file; left open.</param>
    public RunSummary WriteTo(Stream output)
    {
        ArgumentNullException.ThrowIfNull(output);
        ObjectDisposedException.ThrowIf(_text.IsDisposed, this);
        RunSummary summary;
        if (_spills.Count == 0)
        {
            summary = WriteBuffer(output);
        }
        else
        {
            if (!_text.IsEmpty)
            {
                Spill();
            }

            _spills = RunMerge.Reduce(
                _spills, RunKind.NGramRun, _fanIn, _scratch, (group, merged) => MergeSpills(group, merged), CancellationToken.None);
            summary = MergeSpills(_spills, output);
            DropSpills();
        }

        BytesAdded = 0;
        return summary;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _text.Dispose();
        _sorter.Dispose();
        DropSpills();
        _codec.Dispose();
    }

    private void Spill()
    {
        Stream stream = _scratch.Create();
        _codec.Compresses = false;
        WriteBuffer(stream);
        _codec.Compresses = true;
        _spills.Add(new RunSource(stream, RunKind.NGramRun));
    }

    private RunSummary WriteBuffer(Stream output)
    {
        using var run = new RunWriter(output, RunKind.NGramRun, _codec);
        _sorter.Write(_text, run);
        _text.Restart();
        return run.Finish();
    }

    private RunSummary MergeSpills(IReadOnlyList<RunSource> spills, Stream output)
    {
        using var run = new RunWriter(output, RunKind.NGramRun, _codec);
        using var writer = new NGramWriter(run.Segment);
        for (int shard = 0; shard < _ranges.Count; shard++)
        {
            using NGramMerger merger = NGramMerger.Open(spills, shard, _codec);
            merger.WriteTo(writer, CancellationToken.None);
            run.EndSegment();
        }

        return run.Finish();
    }

    private void DropSpills()
    {
        _spills.ForEach(spill => spill.Dispose());
        _spills = [];
    }
}
