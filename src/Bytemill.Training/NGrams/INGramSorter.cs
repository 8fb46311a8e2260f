namespace Bytemill.Training;

/// <summary>Writes the n-grams of a text in order with their counts.</summary>
internal interface INGramSorter : IDisposable
{
    /// <summary>Writes a segment for each shard.</summary>
    void Write(NGramText text, RunWriter run);
}
