using Bytemill.Pipeline;

namespace Bytemill.App;

/// <summary>The setting that says where the coordinator's journal is.</summary>
internal static class JournalOption
{
    private const string Variable = "BYTEMILL_JOURNAL";

    /// <summary>The option goes before the environment, and that before the file of settings.</summary>
    /// <exception cref="JobInputException">It cannot be used; says where it comes from.</exception>
    public static JournalLocation Read(string? option, JournalLocation fromFile) =>
        option is not null ? Check(option, "--journal")
        : Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } variable ? Check(variable, Variable)
        : fromFile;

    /// <summary>Reads a place; the directory of a file is made if it is not there.</summary>
    /// <exception cref="JobInputException">It cannot be used.</exception>
    public static JournalLocation Check(string text, string where)
    {
        JournalLocation journal = JournalLocation.Parse(text, where);
        if (journal is JournalLocation.SqliteFile file)
        {
            try
            {
                Directory.CreateDirectory(Path.GetDirectoryName(file.Path)!);
                using FileStream opened = new(file.Path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
            {
                throw new JobInputException($"{where}: the journal cannot be at '{file.Path}': {e.Message}", e);
            }
        }

        return journal;
    }
}
