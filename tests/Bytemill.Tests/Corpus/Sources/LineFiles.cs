using System.IO.Compression;
using System.Text;
using System.Text.Json;
using ZstdSharp;

namespace Bytemill.Tests;

/// <summary>Writes files of lines, compressed as their names say.</summary>
internal static class LineFiles
{
    public static string Write(string path, byte[] content)
    {
        using FileStream file = File.Create(path);
        using Stream stream = path.EndsWith(".gz", StringComparison.Ordinal) ? new GZipStream(file, CompressionLevel.Fastest)
            : path.EndsWith(".zst", StringComparison.Ordinal) ? new CompressionStream(file)
            : file;
        stream.Write(content);
        return path;
    }

    public static string Write(string path, string content) => Write(path, Encoding.UTF8.GetBytes(content));

    /// <summary>JSON lines with <c>id</c>, <c>lang</c> and <c>text</c>.</summary>
    public static string WriteJson(string path, IEnumerable<(string Id, string? Language, string? Text)> rows) =>
        Write(path, string.Concat(rows.Select(row => JsonSerializer.Serialize(new { id = row.Id, lang = row.Language, text = row.Text }) + "\n")));
}
