using System.Text;
using Bytemill.Training;

namespace Bytemill.Tests;

/// <summary>Piece counting with every knob, and plain views of the files. Pieces are strings of one char per byte.</summary>
internal sealed record PieceSteps
{
    public KeyRanges Ranges { get; init; } = KeyRanges.Whole;

    public int Partitions { get; init; } = 1;

    public long BufferBytes { get; init; } = 1 << 20;

    public int FanIn { get; init; } = RunMerge.FanIn;

    /// <summary>Memory that merges as many runs at once.</summary>
    public long MemoryBytes => FanIn * (256L << 10);

    public static byte[] Bytes(string piece) => Encoding.Latin1.GetBytes(piece);

    public static RunOpener Slice(IEnumerable<KeyValuePair<string, long>> pieces) => RunFiles.Write(output =>
    {
        using var writer = new PieceSliceWriter(output);
        foreach ((string piece, long count) in pieces.OrderBy(piece => piece.Key, StringComparer.Ordinal))
        {
            writer.Write(Bytes(piece), count);
        }

        writer.Finish();
    });

    public static List<KeyValuePair<string, long>> Read(RunOpener slice, RunKind kind = RunKind.PieceSlice)
    {
        var pieces = new List<KeyValuePair<string, long>>();
        using var reader = new PieceSliceReader(slice, kind);
        while (reader.Read())
        {
            pieces.Add(new(Encoding.Latin1.GetString(reader.Piece), reader.Count));
        }

        Assert.Equal(reader.Pieces, pieces.Count);
        return pieces;
    }

    public IReadOnlyList<RunOpener> Count(IReadOnlyList<KeyValuePair<string, long>> pieces)
    {
        var runs = new List<RunOpener>();
        for (int partition = 0; partition < Partitions; partition++)
        {
            using var counter = new PieceCounter(Ranges, BufferBytes, new MemoryScratchSpace(), FanIn);
            for (int i = partition; i < pieces.Count; i += Partitions)
            {
                counter.Add(Bytes(pieces[i].Key), pieces[i].Value);
            }

            runs.Add(RunFiles.Write(output => counter.WriteTo(output)));
        }

        return runs;
    }

    public RunOpener[] Merge(IReadOnlyList<RunOpener> runs) =>
    [
        .. Enumerable.Range(0, Ranges.Count).Select(shard => RunFiles.Write(output =>
            PieceRunMerger.Merge(runs, shard, null, MemoryBytes, new MemoryScratchSpace(), output, CancellationToken.None))),
    ];
}
