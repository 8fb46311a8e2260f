namespace Bytemill.App;

/// <summary>Writes a file so that it is there as a whole or not at all.</summary>
internal static class ModelOutput
{
    public static void WriteAtomically(string path, Action<Stream> write)
    {
        string temporary = path + ".partial";
        try
        {
            using (FileStream file = new(temporary, FileMode.Create, FileAccess.Write))
            {
                write(file);
                file.Flush(flushToDisk: true);
            }

            File.Move(temporary, path);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }
}
