namespace Bytemill.Corpus;

/// <summary>What a packed sequence says beside its ids.</summary>
internal static class PackedIds
{
    /// <summary>Places of the tokens in their documents, each counted from where it begins in the sequence; 0 for padding.</summary>
    public static void FillPositions(in OutputRow row, Span<int> positions)
    {
        int next = 0;
        int start = 0;
        for (int i = 0; i < row.Ids.Length; i++)
        {
            if (next < row.DocumentStarts.Length && row.DocumentStarts[next] == i)
            {
                start = i;
                next++;
            }

            positions[i] = i < row.TokenCount ? i - start : 0;
        }
    }

    /// <summary>Which document of the sequence, from 0, a token belongs to; -1 for padding.</summary>
    public static void FillDocuments(in OutputRow row, Span<int> documents)
    {
        int next = 0;
        for (int i = 0; i < row.Ids.Length; i++)
        {
            next += next < row.DocumentStarts.Length && row.DocumentStarts[next] == i ? 1 : 0;
            documents[i] = i < row.TokenCount ? next - 1 : -1;
        }
    }
}
