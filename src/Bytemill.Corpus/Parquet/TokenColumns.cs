namespace Bytemill.Corpus;

/// <summary>Names of the columns that tokenizing adds.</summary>
internal static class TokenColumns
{
    public const string Ids = "input_ids";
    public const string Count = "n_tokens";

    public static bool IsTaken(string name) => name is Ids or Count;
}
