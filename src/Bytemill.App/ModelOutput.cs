namespace Bytemill.App;

/// <summary>Writes a file so that it is there as a whole or not at all.</summary>
internal static class ModelOutput
{
    public static void WriteAtomically(string path, Action<Stream> write, bool overwrite = false)
    {
        // A name that nobody else has: what is beside the target is not ours.
        string temporary = $"{path}.{Guid.NewGuid():N}.partial";
        try
        {
            using (FileStream file = new(temporary, FileMode.CreateNew, FileAccess.Write))
            {
                write(file);
                file.Flush(flushToDisk: true);
            }

            File.Move(temporary, path, overwrite);
        }
        catch
        {
            if (File.Exists(temporary))
            {
                File.Delete(temporary);
            }

            throw;
        }
    }
}
