using System.Collections.Immutable;
using System.Text;
using Bytemill.Tokenization;
using Spectre.Console;

namespace Bytemill.App;

/// <summary>Shows the tokens of a text: on coloured ground on a terminal, else with lines between them.</summary>
internal sealed class SegmentationView
{
    private const string Separator = "│";

    // Of the 256 colours, light ones; neighbours differ, and black on them can be read.
    private static readonly int[] s_grounds = [153, 157, 222, 183];

    private readonly Tokenizer _tokenizer;
    private readonly EncodeOptions _options;
    private readonly IAnsiConsole _console;
    private readonly bool _hasColors;

    public SegmentationView(Tokenizer tokenizer, EncodeOptions options, IAnsiConsole console, bool hasColors)
    {
        _tokenizer = tokenizer;
        _options = options;
        _console = console;
        _hasColors = hasColors;
    }

    public bool ShowIds { get; init; }

    public bool ShowScores { get; init; }

    public int Top { get; init; } = 1;

    /// <summary>Whether the console is a terminal with colours that NO_COLOR does not forbid.</summary>
    public static bool HasColors(IAnsiConsole console) =>
        console.Profile.Capabilities.ColorSystem != ColorSystem.NoColors && !Console.IsOutputRedirected
        && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));

    /// <summary>Shows one text.</summary>
    public void Write(string text)
    {
        int bytes = Encoding.UTF8.GetByteCount(text);
        if (Top > 1)
        {
            WriteBest(text);
            return;
        }

        TokenSpan[] tokens = _tokenizer.EncodeWithOffsets(text, _options);
        int[] ids = [.. tokens.Select(token => token.Id)];
        WriteTokens(ids);
        if (ShowIds || ShowScores)
        {
            WriteTable(tokens);
        }

        string ratio = ids.Length == 0 ? "" : Units.Format($", {(double)bytes / ids.Length:0.000} bytes per token");
        Line(Units.Format($"{ids.Length} tokens, {bytes} bytes{ratio}, ln p {_tokenizer.LogProbability(ids):0.000}"));
    }

    private void WriteBest(string text)
    {
        ImmutableArray<Segmentation> best = _tokenizer.NBest(text, Top);
        double total = best.Max(segmentation => segmentation.LogProbability);
        for (int i = 0; i < best.Length; i++)
        {
            Put(Units.Format($"{i + 1,3}  ln p {best[i].LogProbability,9:0.000}  {best[i].LogProbability - total,8:0.000}  {best[i].Ids.Length,4} tokens  "));
            WriteTokens([.. best[i].Ids]);
            if (ShowIds)
            {
                Line("     " + string.Join(' ', best[i].Ids));
            }
        }
    }

    private void WriteTokens(ReadOnlySpan<int> ids)
    {
        for (int i = 0; i < ids.Length; i++)
        {
            string shown = PieceText.ShowToken(_tokenizer.Model, ids[i]);
            if (_hasColors)
            {
                // A space of the text is seen by its ground. Sequences by hand: the console would wrap the text between words.
                Put(Units.Format($"\e[{(_tokenizer.IsSpecial(ids[i]) ? "1;" : "")}30;48;5;{s_grounds[i % s_grounds.Length]}m{shown.Replace('␣', ' ')}\e[0m"));
            }
            else
            {
                Put(i == 0 ? shown : Separator + shown);
            }
        }

        Line("");
    }

    private void WriteTable(TokenSpan[] tokens)
    {
        Table table = new Table().Border(TableBorder.Simple).AddColumn(new TableColumn("piece") { NoWrap = true });
        string[] columns = [.. ShowIds ? (string[])["id", "from", "to", "bytes"] : [], .. ShowScores ? (string[])["ln p", "count"] : []];
        foreach (string column in columns)
        {
            table.AddColumn(new TableColumn(column) { Alignment = Justify.Right, NoWrap = true });
        }

        Vocabulary vocabulary = _tokenizer.Model.Vocabulary;
        foreach (TokenSpan token in tokens)
        {
            bool isSpecial = _tokenizer.IsSpecial(token.Id);
            int length = isSpecial ? 0 : vocabulary.GetPiece(token.Id).Length;
            string[] cells =
            [
                PieceText.ShowToken(_tokenizer.Model, token.Id),
                .. ShowIds ? (string[])[Units.Format($"{token.Id}"), Units.Format($"{token.Start}"), Units.Format($"{token.End}"), Units.Format($"{length}")] : [],
                .. ShowScores ? (string[])[isSpecial ? "" : Units.Format($"{vocabulary.GetScore(token.Id):0.0000}"), isSpecial ? "" : Units.Count(vocabulary.GetCount(token.Id))] : [],
            ];
            table.AddRow([.. cells.Select(cell => new Text(cell))]);
        }

        PipedConsole.Widen(_console);
        _console.Write(table);
    }

    // Not wrapped: a pipe has no width.
    private void Put(string text) => _console.Profile.Out.Writer.Write(text);

    private void Line(string text) => _console.Profile.Out.Writer.WriteLine(text);
}
