using System.Text;
using BenchmarkDotNet.Attributes;
using Bytemill.Tokenization;
using Bytemill.Training;

namespace Bytemill.Benchmarks;

/// <summary>The steps of the vocabulary phase over a million counted pieces, of which some fifteenth is kept.</summary>
/// <remarks>
/// Pieces are made here with a fixed seed, words of syllables with Zipf-like counts, in four runs. One operation is a whole step, so
/// time divided by <see cref="Pieces"/> is the time of a piece.
/// </remarks>
[MemoryDiagnoser]
public class PieceBenchmarks
{
    private const int Pieces = 1_000_000;
    private const int Runs = 4;
    private const long MemoryBytes = 128L << 20;

    private readonly MemoryScratchSpace _scratch = new();
    private readonly TrainerOptions _options = new() { MinCount = 8, MaxVocabSizes = [32_000] };
    private RunOpener[] _runs = [];
    private RunOpener _kept = null!;
    private RunOpener _dropped = null!;
    private PieceTable _table = null!;
    private RunOpener _parts = null!;

    [GlobalSetup]
    public void Setup()
    {
        var random = new Random(1);
        string[] syllables = [.. from c in "bcdfghklmnprstvwz" from v in "aeiou" select $"{c}{v}"];
        var counters = new PieceCounter[Runs];
        for (int run = 0; run < Runs; run++)
        {
            counters[run] = new PieceCounter(KeyRanges.Whole, 1L << 30, _scratch);
        }

        for (int i = 0; i < Pieces; i++)
        {
            string piece = (random.Next(2) == 0 ? " " : "") + string.Concat(
                Enumerable.Range(0, random.Next(1, 9)).Select(_ => syllables[(int)(Math.Pow(random.NextDouble(), 2) * syllables.Length)]));
            counters[i % Runs].Add(Encoding.ASCII.GetBytes(piece), 1 + (long)(0.5 / random.NextDouble()));
        }

        _runs = Array.ConvertAll(counters, counter =>
        {
            using (counter)
            {
                return File(output => counter.WriteTo(output));
            }
        });
        RunOpener? dropped = null;
        _kept = File(kept => dropped = File(output => Filter(kept, output)));
        _dropped = dropped!;
        _table = PieceTable.Load([_kept], MemoryBytes, _scratch, CancellationToken.None);
        _parts = File(output => PieceSplitter.Split(_table, _dropped, KeyRanges.Whole, output, CancellationToken.None));
        Check();
    }

    [GlobalCleanup]
    public void Cleanup() => _table.Dispose();

    /// <summary>Runs to kept and dropped pieces.</summary>
    [Benchmark]
    public FilterSummary MergeAndFilter() => Filter(new MemoryStream(), new MemoryStream());

    /// <summary>Kept pieces to their encoder.</summary>
    [Benchmark]
    public int BuildAutomaton()
    {
        using PieceTable table = PieceTable.Load([_kept], MemoryBytes, _scratch, CancellationToken.None);
        return table.Count;
    }

    /// <summary>Dropped pieces to the counts of their parts.</summary>
    [Benchmark]
    public long SplitDropped() =>
        PieceSplitter.Split(_table, _dropped, KeyRanges.Whole, new MemoryStream(), CancellationToken.None).Entries;

    /// <summary>All rounds from there to the vocabulary.</summary>
    [Benchmark]
    public long PruneTogether() => PieceGathering
        .Prune([_kept], [_parts], _options.MaxVocabSizes[0], MemoryBytes, _scratch, new MemoryStream(), CancellationToken.None).Pieces;

    private static RunOpener File(Action<Stream> write)
    {
        using var stream = new MemoryStream();
        write(stream);
        byte[] bytes = stream.ToArray();
        return () => new MemoryStream(bytes, writable: false);
    }

    private FilterSummary Filter(Stream kept, Stream dropped) =>
        PieceFilter.Filter(_runs, 0, KeyRanges.Whole, _options, MemoryBytes, _scratch, kept, dropped, CancellationToken.None);

    // The parts of a piece, joined, are the piece, so bytes weighted by counts stay the same; and a plain segmenter agrees.
    private void Check()
    {
        long bytes = 0;
        var plain = new UnigramSegmenter(_table.Automaton);
        var ids = new System.Buffers.ArrayBufferWriter<int>();
        long[] sums = new long[_table.Count];
        using (var reader = new PieceSliceReader(_dropped))
        {
            while (reader.Read())
            {
                bytes += reader.Piece.Length * reader.Count;
                ids.ResetWrittenCount();
                plain.Segment(reader.Piece, ids);
                foreach (int part in ids.WrittenSpan)
                {
                    sums[part] += reader.Count;
                }
            }
        }

        RunOpener slice = File(output => PieceRunMerger.Merge([_parts], 0, null, MemoryBytes, _scratch, output, CancellationToken.None));
        int index = 0;
        using var parts = new PieceSliceReader(slice);
        while (parts.Read())
        {
            bytes -= parts.Piece.Length * parts.Count;
            while (sums[index] == 0)
            {
                index++;
            }

            if (sums[index++] != parts.Count)
            {
                throw new InvalidOperationException("A plain segmenter gives other parts.");
            }
        }

        if (bytes != 0)
        {
            throw new InvalidOperationException("The parts are not the pieces.");
        }
    }
}
