using System.Text.Json.Nodes;

namespace Bytemill.Corpus;

/// <summary>What a dataset card says of a Parquet file.</summary>
/// <param name="Features">Types of its columns by name, as <c>datasets</c> writes them to JSON; null when a column has none there.</param>
/// <param name="Bytes">Bytes of its columns before compression.</param>
public sealed record DatasetFile(JsonObject? Features, long Bytes)
{
    /// <summary>Reads the footer of a file.</summary>
    /// <exception cref="CorpusException">It is no Parquet file.</exception>
    public static DatasetFile Inspect(string path)
    {
        using CorpusSource source = CorpusSource.Open(path);
        ParquetFooter footer = ParquetFooter.Read(source);
        JsonObject features = DatasetFeatures.Of(footer.Root);
        return new DatasetFile(
            features.Count == footer.Root.Children.Count ? features : null,
            footer.RowGroups.Sum(group => group.Chunks.Sum(chunk => chunk.UncompressedBytes)));
    }

    /// <summary>The features as a card lists them.</summary>
    public IEnumerable<object> FeatureList => Features is null ? [] : DatasetFeatures.ToCard(Features);
}
