namespace Bytemill.Training;

/// <summary>Takes the n-grams of a text in the order of their positions.</summary>
internal unsafe interface INGramSink
{
    /// <summary>Takes n-grams of full order.</summary>
    void Full(ulong* keys, int count);

    /// <summary>Takes a shorter one, from a chunk's end.</summary>
    void Tail(ulong key, int length);
}
