using System.Globalization;
using System.IO.Compression;

namespace Bytemill.Tests;

/// <summary>The official conformance test of Unicode 15.0.0.</summary>
internal static class NormalizationTestFile
{
    public static IReadOnlyList<Row> Rows { get; } = Read();

    private static List<Row> Read()
    {
        string path = Path.Combine(AppContext.BaseDirectory, "data", "unicode", "NormalizationTest-15.0.0.txt.gz");
        using var reader = new StreamReader(new GZipStream(File.OpenRead(path), CompressionMode.Decompress));
        var rows = new List<Row>();
        int part = -1;
        while (reader.ReadLine() is { } line)
        {
            if (line.StartsWith("@Part", StringComparison.Ordinal))
            {
                part = line[5] - '0';
            }
            else if (line.Length > 0 && line[0] != '#')
            {
                int[][] columns = Array.ConvertAll(line.Split(';')[..5], column =>
                    Array.ConvertAll(column.Split(' '), hex => int.Parse(hex, NumberStyles.HexNumber, CultureInfo.InvariantCulture)));
                rows.Add(new Row(part, columns[0], columns[1], columns[2], columns[3], columns[4]));
            }
        }

        return rows;
    }

    internal sealed record Row(int Part, int[] Source, int[] Nfc, int[] Nfd, int[] Nfkc, int[] Nfkd);
}
