namespace Bytemill.Corpus;

/// <summary>Messages about columns.</summary>
internal static class ColumnErrors
{
    private const int MostNames = 20;

    public static CorpusException NotThere(string path, string name, IEnumerable<string> columns) =>
        new($"{path}: no column '{name}' to keep; found {Quote(columns)}.");

    public static CorpusException CannotKeep(string path, string name)
    {
        string reason = TokenColumns.IsTaken(name)
            ? "tokenizing adds a column of that name"
            : "its name occurs twice, or its data is encrypted or lies in another file";
        return new CorpusException(
            $"{path}: column '{name}' cannot be kept, since {reason}; name the columns to keep without it, or rename it.");
    }

    public static string Quote(IEnumerable<string> names)
    {
        string[] all = [.. names];
        string list = string.Join(", ", all.Take(MostNames).Select(name => $"'{name}'"));
        return all.Length switch
        {
            0 => "none",
            > MostNames => $"{list} and {all.Length - MostNames} more",
            _ => list,
        };
    }
}
