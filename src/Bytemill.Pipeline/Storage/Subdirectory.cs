using System.Runtime.InteropServices;

namespace Bytemill.Pipeline;

/// <summary>Directories of a job below those that it has.</summary>
internal static partial class Subdirectory
{
    // Of Linux, macOS and the BSDs alike.
    private const int NotThere = 2;
    private const int IsThere = 17;

    private const uint AllRights = 0x1FF;

    /// <summary>Makes a directory unless it is there, in one that is.</summary>
    /// <remarks>
    /// A job that has ended took its files with it. They must not come to life again by a node that was stopped meanwhile and wakes, at whatever
    /// moment: nobody would remove them a second time. So its parents are not made, as <see cref="Directory.CreateDirectory(string)"/> would.
    /// </remarks>
    /// <exception cref="DirectoryNotFoundException">Its parent is gone.</exception>
    public static void Create(string path)
    {
        int error = 0;
        if (OperatingSystem.IsWindows())
        {
            error = Directory.Exists(Path.GetDirectoryName(path)) ? 0 : NotThere;
        }
        else if (MakeDirectory(path, AllRights) == 0 || (error = Marshal.GetLastPInvokeError()) == IsThere)
        {
            return;
        }

        if (error == NotThere)
        {
            throw new DirectoryNotFoundException($"The directory '{Path.GetDirectoryName(path)}' is gone.");
        }

        // Also tells of any other fault, a full disk for instance, as the rest of the program knows it.
        Directory.CreateDirectory(path);
    }

    [LibraryImport("libc", EntryPoint = "mkdir", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int MakeDirectory(string path, uint mode);
}
