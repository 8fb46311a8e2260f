using Bytemill.Tokenization;

namespace Bytemill.Training;

/// <summary>From the kept pieces of all shards to a vocabulary.</summary>
public static class VocabularyBuilder
{
    /// <summary>Gives ids by (length, bytes), from 3.</summary>
    /// <param name="keptSlices">One per shard, in any order.</param>
    /// <exception cref="RunFormatException">A slice is damaged.</exception>
    public static Vocabulary Build(IReadOnlyList<RunOpener> keptSlices)
    {
        ArgumentNullException.ThrowIfNull(keptSlices);
        return Vocabulary.Create(ReadAll(keptSlices));
    }

    private static IEnumerable<KeyValuePair<byte[], long>> ReadAll(IReadOnlyList<RunOpener> slices)
    {
        foreach (RunOpener slice in slices)
        {
            using var reader = new PieceSliceReader(slice);
            while (reader.Read())
            {
                yield return new(reader.Piece.ToArray(), reader.Count);
            }
        }
    }
}
