using System.Runtime.InteropServices;

namespace Bytemill.Pipeline;

/// <summary>A second name for a file that nobody changes any more, at no cost; where the file system has none, a copy.</summary>
internal static partial class HardLink
{
    /// <param name="source">Full path of the file.</param>
    /// <param name="target">Full path of what is to be; nothing is there.</param>
    public static void CreateOrCopy(string source, string target)
    {
        // Across file systems, on some network storage, and of files of other users there are none.
        if (OperatingSystem.IsWindows() || Link(source, target) != 0)
        {
            File.Copy(source, target);
        }
    }

    [LibraryImport("libc", EntryPoint = "link", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Link(string source, string target);
}
