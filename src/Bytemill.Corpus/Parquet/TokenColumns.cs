namespace Bytemill.Corpus;

/// <summary>Names of the columns that tokenizing adds.</summary>
internal static class TokenColumns
{
    public const string Ids = "input_ids";
    public const string Count = "n_tokens";

    /// <summary>Of packed sequences: places of the tokens in their documents, each counted from where it begins in the sequence.</summary>
    public const string Positions = "position_ids";

    /// <summary>Of packed sequences: which of its documents a token belongs to; -1 for padding.</summary>
    public const string Documents = "document_ids";

    public static bool IsTaken(string name) => name is Ids or Count;
}
