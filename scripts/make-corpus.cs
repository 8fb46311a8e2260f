// Behind scripts/make-corpus.sh: reads text out of Debian packages without unpacking them, drops repetitions and writes Parquet.
//   dotnet run scripts/make-corpus.cs -- LIST PACKAGES WORK SIZE OUTPUT
#:package Parquet.Net
#:property PublishAot=false

using System.Buffers.Binary;
using System.Diagnostics;
using System.Formats.Tar;
using System.Globalization;
using System.IO.Compression;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using System.Text.Unicode;
using Parquet;
using Parquet.Schema;

const int PartBytes = 16_000_000;
const int RowGroupBytes = 1_000_000;
const int LongestFile = 32_000_000;
const int LongestDocument = 64_000;
const int ShortestDocument = 200;

if (args.Length != 5)
{
    Console.Error.WriteLine("usage: dotnet run scripts/make-corpus.cs -- LIST PACKAGES WORK SIZE OUTPUT");
    return 2;
}

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
string packages = args[1];
long wanted = ReadSize(args[3]);
string output = args[4];

HashSet<UInt128> seen = [];
List<Document> documents = [];
await using FileStream texts = new(
    Path.Combine(args[2], "texts"), FileMode.Create, FileAccess.ReadWrite, FileShare.None, 1 << 20, FileOptions.DeleteOnClose);
foreach (string line in File.ReadLines(args[0]).Where(line => !line.StartsWith('#')))
{
    string[] parts = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
    string package = parts[0];
    double share = double.Parse(parts[1], CultureInfo.InvariantCulture);
    string[] files = Directory.GetFiles(packages, package + "_*.deb");
    if (files.Length != 1)
    {
        throw new InvalidDataException($"{packages}: {files.Length} files of package '{package}'; expected one.");
    }

    long before = texts.Length;
    using Process deb = Start("dpkg-deb", "--fsys-tarfile", files[0]);
    ReadTar(deb.StandardOutput.BaseStream, package, share);
    await Finish(deb);
    Console.Error.WriteLine($"{package,-28} {(texts.Length - before) / 1e6,7:0.0} MB");
}

documents.Sort((a, b) => a.Order.CompareTo(b.Order));
if (documents.Sum(document => (long)document.Length) < wanted)
{
    Console.Error.WriteLine($"make-corpus: the packages hold {documents.Sum(document => (long)document.Length) / 1e6:0.0} MB of text; {wanted / 1e6:0.0} MB were asked for.");
}

await WriteAsync();
return 0;

void ReadTar(Stream stream, string source, double share)
{
    using TarReader reader = new(stream);
    while (reader.GetNextEntry() is { } entry)
    {
        if (entry.EntryType is TarEntryType.RegularFile or TarEntryType.V7RegularFile && entry.DataStream is { } data && IsWanted(entry.Name, entry.Length))
        {
            ReadFile(entry.Name.TrimStart('.', '/'), data, source, share);
        }
    }

    // What is left of the archive's padding, so that the process before it does not stop at a closed pipe.
    stream.CopyTo(Stream.Null);
}

void ReadFile(string name, Stream data, string source, double share)
{
    if (name.EndsWith(".tar.xz", StringComparison.Ordinal))
    {
        using Process xz = Start("xz", "-dc");
        Task feed = Task.Run(() =>
        {
            using Stream input = xz.StandardInput.BaseStream;
            data.CopyTo(input);
        });
        ReadTar(xz.StandardOutput.BaseStream, source, share);
        feed.GetAwaiter().GetResult();
        Finish(xz).GetAwaiter().GetResult();
    }
    else if (IsSources(name))
    {
        using ZipArchive zip = new(data);
        foreach (ZipArchiveEntry entry in zip.Entries.Where(entry => IsWanted(entry.FullName, entry.Length)))
        {
            using Stream inner = entry.Open();
            ReadFile(entry.FullName, inner, source, share);
        }
    }
    else if (name.EndsWith(".gz", StringComparison.Ordinal))
    {
        try
        {
            using GZipStream plain = new(data, CompressionMode.Decompress);
            Add(name[..^3], ReadAll(plain), source, share);
        }
        catch (InvalidDataException)
        {
            // Sources bring broken archives along to test themselves with: no text.
        }
    }
    else
    {
        Add(name, ReadAll(data), source, share);
    }
}

// Pictures and the like are found out by not being UTF-8; generated listings are not.
static bool IsWanted(string name, long length) =>
    name.EndsWith(".tar.xz", StringComparison.Ordinal) || IsSources(name)
    || (length is >= ShortestDocument and <= LongestFile
        && Path.GetExtension(name) is not (".svg" or ".css" or ".map" or ".png" or ".jpg" or ".gif" or ".pdf" or ".ps" or ".ttf" or ".woff2" or ".syso" or ".mo")
        && Path.GetFileName(name) is not ("searchindex.js" or "genindex.html"));

// Other archives are test data.
static bool IsSources(string name) => name.EndsWith("/src.zip", StringComparison.Ordinal);

static byte[] ReadAll(Stream stream)
{
    using MemoryStream memory = new();
    stream.CopyTo(memory);
    return memory.ToArray();
}

void Add(string name, byte[] content, string source, double share)
{
    ReadOnlySpan<byte> text = content;
    if (text.StartsWith("\uFEFF"u8))
    {
        text = text[3..];
    }

    if (text.Length is < ShortestDocument or > LongestFile || text.Contains((byte)0) || !Utf8.IsValid(text))
    {
        return;
    }

    UInt128 hash = HashOf(text);
    if ((double)(ulong)hash / ulong.MaxValue >= share || !seen.Add(hash))
    {
        return;
    }

    if (Path.GetExtension(name) is ".html" or ".htm" or ".xhtml")
    {
        text = Encoding.UTF8.GetBytes(Html.ToText(Encoding.UTF8.GetString(text)));
    }

    for (int number = 0; !text.IsEmpty; number++)
    {
        int length = text.Length;
        if (length > LongestDocument)
        {
            int cut = text[..LongestDocument].LastIndexOf((byte)'\n') + 1;
            for (length = cut == 0 ? LongestDocument : cut; (text[length] & 0xC0) == 0x80; length--)
            {
            }
        }

        ReadOnlySpan<byte> part = text[..length];
        UInt128 order = HashOf(part);
        // Once more, by document: the pages of a translated manual that nobody has translated yet are the same.
        if (length >= ShortestDocument && (order == hash || seen.Add(order)))
        {
            documents.Add(new Document(order, source, name, number, texts.Position, length));
            texts.Write(part);
        }

        text = text[length..];
    }
}

static UInt128 HashOf(ReadOnlySpan<byte> text)
{
    Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
    SHA256.HashData(text, hash);
    return BinaryPrimitives.ReadUInt128BigEndian(hash);
}

async Task WriteAsync()
{
    DataField<string> idField = new("id", false), sourceField = new("source", false), textField = new("text", false);
    ParquetSchema schema = new(idField, sourceField, textField);
    Directory.CreateDirectory(output);
    long left = wanted;
    int next = 0;
    for (int part = 0; left > 0 && next < documents.Count; part++)
    {
        await using FileStream file = File.Create(Path.Combine(output, $"part-{part:00000}.parquet"));
        ParquetOptions options = new() { CompressionMethod = CompressionMethod.Zstd, CompressionLevel = CompressionLevel.Fastest };
        await using ParquetWriter writer = await ParquetWriter.CreateAsync(schema, file, options);
        for (long partLeft = Math.Min(left, PartBytes); partLeft > 0 && next < documents.Count;)
        {
            List<string> ids = [], sources = [], rows = [];
            long groupLeft = Math.Min(partLeft, RowGroupBytes);
            while (groupLeft > 0 && next < documents.Count)
            {
                Document document = documents[next++];
                byte[] bytes = new byte[document.Length];
                texts.Position = document.Offset;
                texts.ReadExactly(bytes);
                ids.Add($"{document.Source}/{document.Name}#{document.Number}");
                sources.Add(document.Source);
                rows.Add(Encoding.UTF8.GetString(bytes));
                (groupLeft, partLeft, left) = (groupLeft - bytes.Length, partLeft - bytes.Length, left - bytes.Length);
            }

            using ParquetRowGroupWriter group = writer.CreateRowGroup();
            await group.WriteAsync(idField, [.. ids]);
            await group.WriteAsync(sourceField, [.. sources]);
            await group.WriteAsync(textField, [.. rows]);
            group.CompleteValidate();
        }
    }

    Console.Error.WriteLine($"make-corpus: {next} documents, {(wanted - left) / 1e6:0.0} MB of text in {output}");
}

static long ReadSize(string text)
{
    Match match = Regex.Match(text, @"^([0-9.]+)\s*([kMG])?B?$");
    if (!match.Success)
    {
        throw new ArgumentException($"--size takes a number of bytes such as 500MB; found '{text}'.");
    }

    double factor = match.Groups[2].Value switch { "k" => 1e3, "M" => 1e6, "G" => 1e9, _ => 1 };
    return (long)(double.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture) * factor);
}

static Process Start(string program, params string[] arguments) =>
    Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardInput = true })!;

static async Task Finish(Process process)
{
    await process.WaitForExitAsync();
    if (process.ExitCode != 0)
    {
        throw new InvalidDataException($"{process.StartInfo.FileName} ended with {process.ExitCode}.");
    }
}

internal sealed record Document(UInt128 Order, string Source, string Name, int Number, long Offset, int Length);

/// <summary>Takes the tags out of a page. Crude: it is text to count in, not to read.</summary>
internal static partial class Html
{
    public static string ToText(string page)
    {
        string text = WebUtility.HtmlDecode(Tags().Replace(Hidden().Replace(page, ""), ""));
        return Blank().Replace(text, "\n");
    }

    [GeneratedRegex(@"<script\b.*?</script\s*>|<style\b.*?</style\s*>|<head\b.*?</head\s*>|<!--.*?-->", RegexOptions.Singleline | RegexOptions.IgnoreCase)]
    private static partial Regex Hidden();

    [GeneratedRegex("<[^>]*>")]
    private static partial Regex Tags();

    // Lines of blanks only, which tags leave behind.
    [GeneratedRegex(@"[ \t\r]*\n(?:[ \t\r]*\n)+")]
    private static partial Regex Blank();
}
