using System.Buffers;
using Bytemill.Corpus;

namespace Bytemill.Pipeline;

/// <summary>Gathers the rows of one part of an input file for the shuffle.</summary>
/// <param name="rows">Where they go.</param>
/// <param name="seed">Of the order.</param>
/// <param name="epoch">Each has an order of its own.</param>
/// <param name="file">0-based index of the input file.</param>
/// <param name="part">0-based index of the part.</param>
internal sealed class ShuffledRows(RecordSorter rows, ulong seed, int epoch, int file, int part) : IRowTarget
{
    private readonly ArrayBufferWriter<byte> _record = new();

    /// <summary>Rows so far.</summary>
    public long Rows { get; private set; }

    /// <summary>Tokens so far, without padding.</summary>
    public long Tokens { get; private set; }

    public void Append(in OutputRow row, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        _record.ResetWrittenCount();
        ShuffleRecord.Write(row, part, _record);
        rows.Add(ShuffleKey.Of(seed, epoch, checked((file * SplitRule.MaxParts) + part), Rows), _record.WrittenSpan);
        Rows++;
        Tokens += row.TokenCount;
    }

    public void Complete(bool evenEmpty, CancellationToken cancellation)
    {
    }

    public void Dispose()
    {
    }
}
