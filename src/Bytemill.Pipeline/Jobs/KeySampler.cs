using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Bytemill.Corpus;
using Bytemill.Training;

namespace Bytemill.Pipeline;

/// <summary>
/// Cuts the key spaces into ranges of about equal work from a small sample of the corpus: work is what partitions have distinct, since each
/// partition's counts come to a shard as one entry for each key. The cut decides how even the shards are, never what comes out.
/// </summary>
internal static class KeySampler
{
    private const int SampledPartitions = 16;
    private const int BytesOfEach = 256 << 10;

    // A prime, so that the positions taken do not follow the period of a multi-byte script.
    private const int Stride = 7;

    public static (KeyRanges NGrams, KeyRanges Pieces) Sample(
        JobSpec spec, ImmutableArray<CorpusFile> files, ImmutableArray<CorpusPartition> partitions, CancellationToken cancellation)
    {
        List<ulong> ngramKeys = [];
        List<ulong> pieceKeys = [];
        int taken = Math.Min(SampledPartitions, partitions.Length);
        for (int i = 0; i < taken; i++)
        {
            CorpusRange range = partitions[(int)((long)i * partitions.Length / taken)].Ranges[0];
            Sample(files[range.FileIndex].Path, spec, range.FirstRowGroup, ngramKeys, pieceKeys, cancellation);
        }

        return (Cut(ngramKeys, spec.NGramShards), Cut(pieceKeys, spec.PieceShards));
    }

    private static KeyRanges Cut(List<ulong> keys, int count) => KeyRanges.FromSample(CollectionsMarshal.AsSpan(keys), count);

    private static void Sample(
        string path, JobSpec spec, int rowGroup, List<ulong> ngramKeys, List<ulong> pieceKeys, CancellationToken cancellation)
    {
        // What is left out is found later; that it is missing here only makes shards less even.
        (int ngrams, int pieces) = (ngramKeys.Count, pieceKeys.Count);
        using ITextSource source = spec.LeavesOut ? GroupCheck.Open(path, spec.SourceOptions) : TextSources.Open(path, spec.SourceOptions);
        try
        {
            AddKeys(source.ReadBatches(rowGroup, BytesOfEach, RowSelection.All, cancellation), spec.Training.Order, ngramKeys, pieceKeys);
        }
        catch (CorpusException error) when (spec.OnError == InputErrorHandling.Skip && error.Fault == CorpusFault.Content)
        {
        }

        KeepDistinct(ngramKeys, ngrams);
        KeepDistinct(pieceKeys, pieces);
    }

    private static void KeepDistinct(List<ulong> keys, int start)
    {
        Span<ulong> own = CollectionsMarshal.AsSpan(keys)[start..];
        own.Sort();
        int kept = 0;
        for (int i = 0; i < own.Length; i++)
        {
            if (i == 0 || own[i] != own[i - 1])
            {
                own[kept++] = own[i];
            }
        }

        CollectionsMarshal.SetCount(keys, start + kept);
    }

    private static void AddKeys(IEnumerable<TextBatch> batches, int order, List<ulong> ngramKeys, List<ulong> pieceKeys)
    {
        int left = BytesOfEach;
        foreach (TextBatch batch in batches)
        {
            using (batch)
            {
                for (int row = 0; row < batch.RowCount && left > 0; row++)
                {
                    ReadOnlySpan<byte> text = batch[row];
                    text = text[..Math.Min(left, text.Length)];
                    left -= text.Length;
                    AddKeys(text, order, ngramKeys, pieceKeys);
                }
            }

            if (left <= 0)
            {
                break;
            }
        }
    }

    private static void AddKeys(ReadOnlySpan<byte> text, int order, List<ulong> ngramKeys, List<ulong> pieceKeys)
    {
        for (int i = 0; i < text.Length; i += Stride)
        {
            ReadOnlySpan<byte> rest = text[i..];
            ngramKeys.Add(KeyRanges.KeyOf(rest[..Math.Min(order, rest.Length)]));

            // Pieces begin at characters, so continuation bytes say nothing about them.
            if (rest[0] is < 0x80 or > 0xBF)
            {
                pieceKeys.Add(KeyRanges.KeyOf(rest));
            }
        }
    }
}
