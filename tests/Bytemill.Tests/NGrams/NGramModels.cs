using Bytemill.Training;
using Microsoft.Win32.SafeHandles;

namespace Bytemill.Tests;

internal static class NGramModels
{
    /// <summary>A model that stays in its file, which is gone when the model is disposed.</summary>
    public static NGramModel OpenFile(byte[] bytes)
    {
        string path = Path.GetTempFileName();
        File.WriteAllBytes(path, bytes);
        SafeFileHandle file = File.OpenHandle(path, options: FileOptions.DeleteOnClose);
        try
        {
            return NGramModel.Open(file);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }
}
