// Writes the sample corpus from the pages of the Debian Administrator's Handbook.
// Run through make-sample.sh, which fetches the pages: dotnet run scripts/make-sample.cs -- PAGES OUTPUT VERSION
#:package Parquet.Net
#:property PublishAot=false

using System.Globalization;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using System.Xml;
using System.Xml.Linq;
using Parquet;
using Parquet.Schema;

const int Partitions = 10;
const int RowGroupBytes = 288 * 1024;
const int ShortestDocumentBytes = 200;
const int LongestDocumentBytes = 30_000;

// English first: the translations are compared with it. Korean has little of the book and stands for the rare languages of a corpus.
(string Language, string Folder)[] translations =
[
    ("en", "en-US"), ("ar", "ar-MA"), ("de", "de-DE"), ("es", "es-ES"), ("fr", "fr-FR"), ("ja", "ja-JP"),
    ("ko", "ko-KR"), ("pt", "pt-BR"), ("ru", "ru-RU"), ("vi", "vi-VN"), ("zh", "zh-CN"),
];

if (args.Length != 3)
{
    Console.Error.WriteLine("usage: dotnet run scripts/make-sample.cs -- PAGES OUTPUT VERSION");
    return 2;
}

string pages = args[0];
string output = args[1];
string version = args[2];

List<Document> documents = [];
HashSet<string> english = [];
foreach ((string language, string folder) in translations)
{
    string[] files = Directory.GetFiles(Path.Combine(pages, folder), "*.html");
    Array.Sort(files, string.CompareOrdinal);
    foreach (string file in files)
    {
        string page = Path.GetFileNameWithoutExtension(file);
        // The index is a table of contents and a legal notice; the acknowledgments are personal words to named people.
        if (page is "index" or "sect.acknowledgments")
        {
            continue;
        }

        int number = 0;
        foreach (List<Block> section in Page.ReadSections(file))
        {
            string id = string.Create(CultureInfo.InvariantCulture, $"{language}/{page}/{number++:00}");
            if (language == "en")
            {
                english.UnionWith(section.Select(block => block.Key));
            }
            else
            {
                // What nobody has translated yet stands there in English, and listings are the same everywhere.
                section.RemoveAll(block => english.Contains(block.Key));
            }

            string text = Page.Join(section);
            int bytes = Encoding.UTF8.GetByteCount(text);
            if (bytes > LongestDocumentBytes)
            {
                throw new InvalidDataException($"{file}: section {number} has {bytes} bytes; expected {LongestDocumentBytes} at most.");
            }

            if (bytes >= ShortestDocumentBytes)
            {
                string source = $"debian-handbook {version}, {folder}/{page}.html";
                documents.Add(new Document(id, language, source, text, bytes, Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(id)))));
            }
        }
    }
}

// Dealing each language out by itself puts every language into every partition; the order is by a hash of the id.
documents.Sort((a, b) => string.CompareOrdinal(a.Order, b.Order));
List<Document>[] partitions = [.. Enumerable.Range(0, Partitions).Select(_ => new List<Document>())];
Dictionary<string, int> dealt = [];
foreach (Document document in documents)
{
    int turn = dealt.GetValueOrDefault(document.Language);
    dealt[document.Language] = turn + 1;
    partitions[turn % Partitions].Add(document);
}

DataField<string> idField = new("id", false), languageField = new("lang", false), sourceField = new("source", false), textField = new("text", false);
ParquetSchema schema = new(idField, languageField, sourceField, textField);
Directory.CreateDirectory(output);
for (int i = 0; i < Partitions; i++)
{
    string path = Path.Combine(output, string.Create(CultureInfo.InvariantCulture, $"part-{i:00000}.parquet"));
    await using FileStream file = File.Create(path);
    // SmallestSize is worth its time here: the files are written once and kept in the repository.
    ParquetOptions options = new() { CompressionMethod = CompressionMethod.Zstd, CompressionLevel = CompressionLevel.SmallestSize };
    await using ParquetWriter writer = await ParquetWriter.CreateAsync(schema, file, options);
    writer.CustomMetadata = new Dictionary<string, string>
    {
        ["title"] = "The Debian Administrator's Handbook and translations: plain text, cut into sections",
        ["author"] = "Raphaël Hertzog, Roland Mas, Freexian SARL and the translators of the book",
        ["license"] = "CC-BY-SA-3.0",
        ["url"] = "https://debian-handbook.info",
    };
    foreach (Document[] rows in CutIntoRowGroups(partitions[i]))
    {
        using ParquetRowGroupWriter group = writer.CreateRowGroup();
        await group.WriteAsync(idField, [.. rows.Select(row => row.Id)]);
        await group.WriteAsync(languageField, [.. rows.Select(row => row.Language)]);
        await group.WriteAsync(sourceField, [.. rows.Select(row => row.Source)]);
        await group.WriteAsync(textField, [.. rows.Select(row => row.Text)]);
        group.CompleteValidate();
    }
}

Console.WriteLine("| lang | rows | bytes of text |");
Console.WriteLine("| --- | ---: | ---: |");
foreach ((string language, _) in translations)
{
    Document[] own = [.. documents.Where(document => document.Language == language)];
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {language} | {own.Length} | {own.Sum(document => (long)document.Bytes)} |"));
}

Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| all | {documents.Count} | {documents.Sum(document => (long)document.Bytes)} |"));
return 0;

static IEnumerable<Document[]> CutIntoRowGroups(List<Document> partition)
{
    List<Document> group = [];
    long bytes = 0;
    foreach (Document document in partition)
    {
        group.Add(document);
        bytes += document.Bytes;
        if (bytes >= RowGroupBytes)
        {
            yield return [.. group];
            group.Clear();
            bytes = 0;
        }
    }

    if (group.Count > 0)
    {
        yield return [.. group];
    }
}

internal sealed record Document(string Id, string Language, string Source, string Text, int Bytes, string Order);

internal enum BlockKind { Title, Heading, Paragraph, Item, Row, Listing }

/// <summary>One block of a section, such as a paragraph or a listing.</summary>
/// <param name="Kind">What it is, which decides the lines between it and its neighbours.</param>
/// <param name="Text">Plain text without a newline at either end.</param>
/// <param name="Key">The text less generated words (names of other sections), to find what is not translated.</param>
/// <param name="Container">The section, sidebar, example or table that it stands in.</param>
internal sealed record Block(BlockKind Kind, string Text, string Key, XElement Container);

/// <summary>Turns a page made by DocBook (XHTML, well-formed) into the plain text of its sections.</summary>
internal sealed partial class Page
{
    private readonly List<Block> _blocks = [];
    private readonly StringBuilder _text = new();
    private readonly StringBuilder _key = new();
    private XElement _container;
    private BlockKind _kind = BlockKind.Paragraph;
    private string _bullet = "";
    private bool _inListing;
    private bool _inCell;
    private bool _inReference;

    private Page(XElement section) => _container = section;

    /// <summary>Reads the sections in reading order; a section within another is one of its own.</summary>
    public static IEnumerable<List<Block>> ReadSections(string path)
    {
        using XmlReader reader = XmlReader.Create(path, new XmlReaderSettings { DtdProcessing = DtdProcessing.Ignore });
        XDocument page = XDocument.Load(reader, LoadOptions.PreserveWhitespace);
        foreach (XElement section in page.Descendants().Where(IsSection))
        {
            Page walker = new(section);
            walker.WalkChildren(section);
            walker.Close();
            yield return walker._blocks;
        }
    }

    /// <summary>The text of a section, or nothing when only headings and listings are left of it.</summary>
    public static string Join(List<Block> section)
    {
        if (!section.Any(block => block.Kind is BlockKind.Paragraph or BlockKind.Item or BlockKind.Row))
        {
            return "";
        }

        StringBuilder text = new();
        BlockKind? previous = null;
        foreach (Block block in section)
        {
            if (block.Kind == BlockKind.Heading && !section.Any(other => IsUnder(block, other)))
            {
                continue;
            }

            if (previous is not null)
            {
                text.Append(previous == block.Kind && block.Kind is BlockKind.Item or BlockKind.Row ? "\n" : "\n\n");
            }

            text.Append(block.Text);
            previous = block.Kind;
        }

        return text.ToString();
    }

    private static bool IsUnder(Block heading, Block block) =>
        block.Kind is not (BlockKind.Heading or BlockKind.Title) && block.Container.AncestorsAndSelf().Contains(heading.Container);

    private static bool IsSection(XElement element) => Class(element) is "section" or "chapter" or "preface" or "appendix" && element.Name.LocalName == "div";

    private static string Class(XElement element) => (string?)element.Attribute("class") ?? "";

    private void WalkChildren(XElement parent)
    {
        foreach (XNode node in parent.Nodes())
        {
            if (node is XText text)
            {
                Append(text.Value);
            }
            else if (node is XElement element && !IsSection(element))
            {
                Walk(element);
            }
        }
    }

    private void Walk(XElement element)
    {
        string name = element.Name.LocalName;
        string className = Class(element);
        if (className is "toc" or "docnav" or "docnav top")
        {
            return;
        }

        switch (name)
        {
            case "img":
                if (className == "callout")
                {
                    Append($"({(string?)element.Attribute("alt")})");
                }

                break;
            case "br":
                BreakLine();
                break;
            case "sup":
                Append("^");
                WalkChildren(element);
                break;
            case "a" when className == "xref":
                _inReference = true;
                WalkChildren(element);
                _inReference = false;
                break;
            case "pre":
                Close();
                _inListing = true;
                WalkChildren(element);
                Close(BlockKind.Listing);
                _inListing = false;
                break;
            case "h1" or "h2" or "h3" or "h4" or "h5":
                WalkBlock(element, _blocks.Count == 0 ? BlockKind.Title : BlockKind.Heading);
                break;
            case "p" when className == "title":
                // A figure is left out, but its caption is a sentence; other titles stand above what they name.
                WalkBlock(element, element.Parent is { } parent && Class(parent) == "figure" ? BlockKind.Paragraph : BlockKind.Heading);
                break;
            case "tr":
                Close();
                _inCell = true;
                WalkChildren(element);
                Close(BlockKind.Row);
                _inCell = false;
                break;
            case "td" or "th":
                AppendRaw("\t");
                WalkChildren(element);
                break;
            case "li":
                Close();
                _bullet = element.Parent!.Name.LocalName == "ol"
                    ? string.Create(CultureInfo.InvariantCulture, $"{element.ElementsBeforeSelf().Count() + 1}. ")
                    : "- ";
                WalkBlock(element, BlockKind.Item);
                _bullet = "";
                break;
            case "dt" or "dd":
                WalkBlock(element, BlockKind.Item);
                break;
            case "div" when className is "url" or "title":
                BreakLine();
                WalkChildren(element);
                BreakLine();
                break;
            case "div" when className is "sidebar" or "example" or "table":
                Close();
                XElement outer = _container;
                _container = element;
                WalkBlock(element, _kind);
                _container = outer;
                break;
            case "div" or "p" or "ul" or "ol" or "dl" or "table" when !_inCell:
                WalkBlock(element, _kind);
                break;
            case "div" or "p":
                AppendRaw(" ");
                WalkChildren(element);
                break;
            default:
                WalkChildren(element);
                break;
        }
    }

    private void WalkBlock(XElement element, BlockKind kind)
    {
        Close();
        BlockKind outer = _kind;
        _kind = kind;
        WalkChildren(element);
        Close();
        _kind = outer;
    }

    private void Append(string text) => AppendRaw(_inListing ? text : WhiteSpace().Replace(text, " "));

    private void BreakLine() => AppendRaw(_inCell ? " " : "\n");

    private void AppendRaw(string text)
    {
        _text.Append(text);
        if (!_inReference)
        {
            _key.Append(text);
        }
    }

    private void Close() => Close(_kind);

    private void Close(BlockKind kind)
    {
        string text = Tidy(_text.ToString(), kind);
        if (text.Length > 0)
        {
            _blocks.Add(new Block(kind, _bullet + text, Tidy(_key.ToString(), kind), _container));
            _bullet = "";
        }

        _text.Clear();
        _key.Clear();
    }

    private static string Tidy(string text, BlockKind kind)
    {
        if (kind == BlockKind.Listing)
        {
            return string.Join('\n', text.Split('\n').Select(line => line.TrimEnd(' ', '\t', '\r'))).Trim('\n');
        }

        text = Spaces().Replace(text, " ");
        text = AroundNewline().Replace(text, "\n");
        text = AroundTab().Replace(text, "\t");
        return text.Trim(' ', '\n', '\t');
    }

    // Not \s: a no-break space is part of the text.
    [GeneratedRegex("[ \t\r\n]+")]
    private static partial Regex WhiteSpace();

    [GeneratedRegex(" +")]
    private static partial Regex Spaces();

    [GeneratedRegex("[ \t]*\n[ \t\n]*")]
    private static partial Regex AroundNewline();

    [GeneratedRegex(" *\t *")]
    private static partial Regex AroundTab();
}
