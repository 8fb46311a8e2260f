namespace Bytemill.Corpus;

/// <summary>A decoded page.</summary>
/// <param name="Definition">A level for each value, null and empty list.</param>
/// <param name="Repetition">As many; a row begins at each 0.</param>
/// <param name="Values">Values without the nulls.</param>
internal sealed record LeafPage(int[] Definition, int[] Repetition, LeafValues Values)
{
    public int Count => Definition.Length;
}
