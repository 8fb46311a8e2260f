using System.IO.Hashing;

namespace Bytemill.Pipeline;

/// <summary>The hash by which files are told apart.</summary>
internal static class FileHash
{
    /// <summary>XxHash3 from here to the end of the stream, as 16 hex digits.</summary>
    public static string Of(Stream input)
    {
        var hash = new XxHash3();
        hash.Append(input);
        return Convert.ToHexStringLower(hash.GetCurrentHash());
    }
}
