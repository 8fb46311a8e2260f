using System.Buffers;
using Bytemill.Tokenization;

namespace Bytemill.Training;

/// <summary>Splits pieces by the encoder of the kept ones and adds their counts to the parts.</summary>
public static class PieceSplitter
{
    /// <summary>Splits every piece of one slice. May run for many slices at once over one table.</summary>
    /// <param name="table">All kept pieces.</param>
    /// <param name="slice">Dropped or kept pieces of one shard.</param>
    /// <param name="ranges">Shards that the run is divided into.</param>
    /// <param name="output">Receives a run; left open.</param>
    /// <param name="ct">Stops with <see cref="OperationCanceledException"/>.</param>
    /// <remarks>Takes 8 bytes a piece of the table, besides the table.</remarks>
    /// <exception cref="OverflowException">A count exceeds 64 bits.</exception>
    public static RunSummary Split(PieceTable table, RunOpener slice, KeyRanges ranges, Stream output, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(table);
        ArgumentNullException.ThrowIfNull(ranges);
        long[] sums = new long[table.Count];
        var segmenter = new UnigramSegmenter(table.Automaton);
        var parts = new ArrayBufferWriter<int>();
        using (var reader = new PieceSliceReader(slice))
        {
            for (long i = 1; reader.Read(); i++)
            {
                parts.ResetWrittenCount();
                segmenter.Segment(reader.Piece, parts);
                foreach (int part in parts.WrittenSpan)
                {
                    sums[part] = checked(sums[part] + reader.Count);
                }

                if ((i & 0xFFFF) == 0)
                {
                    ct.ThrowIfCancellationRequested();
                }
            }
        }

        using var codec = new BlockCodec();
        using var run = new RunWriter(output, RunKind.PieceRun, codec);
        var writer = new PieceWriter(run.Segment);
        for (int index = 0; index < sums.Length; index++)
        {
            if (sums[index] > 0)
            {
                ReadOnlySpan<byte> piece = table.GetPiece(index);
                run.EndSegmentsBefore(KeyRanges.KeyOf(piece), ranges);
                writer.Write(piece, sums[index]);
            }
        }

        run.EndSegmentsBefore(null, ranges);
        return run.Finish();
    }
}
