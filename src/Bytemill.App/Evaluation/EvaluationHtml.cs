using System.Collections.Immutable;
using System.Net;
using System.Text;
using Bytemill.Tokenization;

namespace Bytemill.App;

/// <summary>A report as one page that needs nothing else: no script, no font, no network.</summary>
internal static class EvaluationHtml
{
    private const string Style =
        """
        body{font:15px/1.45 system-ui,sans-serif;color:#222;background:#fff;max-width:84em;margin:2em auto;padding:0 1em}
        h1{font-size:1.5em}h2{font-size:1.15em;margin-top:2em;border-bottom:1px solid #ccc}
        table{border-collapse:collapse;margin:.8em 0}th,td{padding:.2em .6em;text-align:right;border-bottom:1px solid #e4e4e4;white-space:nowrap}
        th:first-child,td:first-child,td.piece{text-align:left}td.piece{font-family:ui-monospace,monospace}
        .best{font-weight:bold}.note{color:#666;font-size:.9em;max-width:60em}.legend span{display:inline-block;width:.8em;height:.8em;margin:0 .4em 0 1.2em}.wide{overflow-x:auto}svg{max-width:100%;height:auto}
        """;

    public static void Write(EvaluationReport report, TextWriter output)
    {
        var page = new StringBuilder();
        TokenTotals corpus = report.Models[0].Usage.Totals;
        string title = string.Join(" · ", report.Models.Select(model => model.Name));
        page.Append("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width,initial-scale=1\"><title>")
            .Append(Escape(title)).Append("</title><style>").Append(Style).Append("</style></head><body>\n<h1>Vocabularies: ").Append(Escape(title)).Append("</h1>\n");
        Note(page, Units.Format($"{report.Files} files, {Units.Count(corpus.Texts)} texts, {Units.Bytes(corpus.TextBytes)}, {Units.Count(corpus.Characters)} characters. Best of each column in bold."));
        Summary(page, report.Models);
        if (report.GroupColumn is not null)
        {
            Heading(page, $"Bytes per token by {report.GroupColumn}");
            Plot(page, report.Models, EvaluationPlots.Groups(report));
            Groups(page, report);
        }

        Heading(page, "Lengths");
        Note(page, "Share of the tokens by the length of their piece.");
        Plot(page, report.Models, EvaluationPlots.Lengths(report.Models));
        Lengths(page, report.Models);
        Heading(page, "Use of the pieces");
        Note(page, "Tokens of each piece against its rank. A line that falls late and evenly uses its vocabulary well; where it ends, the pieces that never occur begin.");
        Plot(page, report.Models, EvaluationPlots.Ranks(report.Models));
        foreach (ModelEvaluation model in report.Shown == 0 ? [] : report.Models)
        {
            Pieces(page, model, report.Shown);
        }

        page.Append("</body></html>\n");
        output.Write(page.Replace("\r\n", "\n"));
    }

    private static void Plot(StringBuilder page, ImmutableArray<ModelEvaluation> models, string svg)
    {
        page.Append("<p class=legend>");
        for (int i = 0; i < models.Length; i++)
        {
            page.Append("<span style=\"background:").Append(EvaluationPlots.HexColorOf(i)).Append("\"></span>").Append(Escape(models[i].Name));
        }

        page.Append("</p>\n").Append(svg).Append('\n');
    }

    private static void Summary(StringBuilder page, ImmutableArray<ModelEvaluation> models)
    {
        (string Name, Func<ModelEvaluation, double> Value, Func<double, string> Show, int Better)[] columns =
        [
            ("pieces", model => model.Model.Vocabulary.Count - Vocabulary.FirstPieceId, value => Units.Count((long)value), 0),
            ("tokens", model => model.Usage.Totals.Tokens, value => Units.Count((long)value), -1),
            ("bytes/token", model => model.Usage.Totals.BytesPerToken, EvaluationText.Number, 1),
            ("tokens/character", model => model.Usage.Totals.TokensPerCharacter, EvaluationText.Number, -1),
            ("single bytes", model => model.Usage.Totals.SingleByteShare, EvaluationText.Percent, -1),
            ("fragments", model => model.Usage.Totals.FragmentShare, EvaluationText.Percent, -1),
            ("unused pieces", model => model.Usage.FindUnused().Length, value => Units.Count((long)value), 0),
            ("Rényi efficiency", model => model.Usage.RenyiEfficiency, EvaluationText.Number, 1),
        ];
        page.Append("<div class=wide><table><tr><th>model</th>");
        foreach (var column in columns)
        {
            page.Append("<th>").Append(column.Name).Append("</th>");
        }

        page.Append("</tr>\n");
        foreach (ModelEvaluation model in models)
        {
            page.Append("<tr><td title=\"").Append(Escape(model.Path)).Append("\">").Append(Escape(model.Name)).Append("</td>");
            foreach (var column in columns)
            {
                double value = column.Value(model);
                bool isBest = column.Better != 0 && models.Length > 1 && models.All(other => !(column.Better * column.Value(other) > column.Better * value));
                Cell(page, column.Show(value), isBest ? "best" : "");
            }

            page.Append("</tr>\n");
        }

        page.Append("</table></div>\n");
    }

    private static void Groups(StringBuilder page, EvaluationReport report)
    {
        Begin(page, [report.GroupColumn!, "texts", "text", .. report.Models.SelectMany(model => (string[])[model.Name, "tokens/character", "single bytes"])]);
        for (int row = 0; row < report.Models[0].Groups.Length; row++)
        {
            (string name, TokenTotals totals) = report.Models[0].Groups[row];
            page.Append("<tr>");
            Cell(page, name);
            Cell(page, Units.Count(totals.Texts));
            Cell(page, Units.Bytes(totals.TextBytes));
            double best = report.Models.Max(model => model.Groups[row].Value.BytesPerToken);
            foreach (ModelEvaluation model in report.Models)
            {
                TokenTotals of = model.Groups[row].Value;
                Cell(page, EvaluationText.Number(of.BytesPerToken), report.Models.Length > 1 && of.BytesPerToken == best ? "best" : "");
                Cell(page, EvaluationText.Number(of.TokensPerCharacter));
                Cell(page, EvaluationText.Percent(of.SingleByteShare));
            }

            page.Append("</tr>\n");
        }

        page.Append("</table></div>\n");
    }

    private static void Lengths(StringBuilder page, ImmutableArray<ModelEvaluation> models)
    {
        Begin(page, ["bytes", .. models.SelectMany(model => (string[])[model.Name, "pieces"])]);
        int longest = models.Max(model => model.Usage.TokensOfLength.Length);
        for (int length = 1; length < longest; length++)
        {
            page.Append("<tr>");
            Cell(page, Units.Format($"{length}"));
            foreach (ModelEvaluation model in models)
            {
                Cell(page, EvaluationText.Percent(EvaluationText.ShareOfLengths(model.Usage, length, length)));
                Cell(page, length < model.Usage.PiecesOfLength.Length ? Units.Count(model.Usage.PiecesOfLength[length]) : "0");
            }

            page.Append("</tr>\n");
        }

        page.Append("</table></div>\n");
    }

    private static void Pieces(StringBuilder page, ModelEvaluation model, int shown)
    {
        Heading(page, model.Name);
        ImmutableArray<int> most = model.Usage.FindMostUsed(shown);
        ImmutableArray<int> over = model.Usage.FindOverUsed(shown);
        Begin(page, ["#", "used most", "tokens", "share", "over-used", "tokens", "expected"]);
        for (int i = 0; i < Math.Max(most.Length, over.Length); i++)
        {
            page.Append("<tr>");
            Cell(page, Units.Format($"{i + 1}"));
            Cell(page, i < most.Length ? EvaluationText.Piece(model.Model.Vocabulary, most[i]) : "", "piece");
            Cell(page, i < most.Length ? Units.Count(model.Usage.GetCount(most[i])) : "");
            Cell(page, i < most.Length ? EvaluationText.Percent(EvaluationText.Share(model.Usage, most[i])) : "");
            Cell(page, i < over.Length ? EvaluationText.Piece(model.Model.Vocabulary, over[i]) : "", "piece");
            Cell(page, i < over.Length ? Units.Count(model.Usage.GetCount(over[i])) : "");
            Cell(page, i < over.Length ? Units.Format($"{model.Usage.ExpectedCount(over[i]):0}") : "");
            page.Append("</tr>\n");
        }

        page.Append("</table></div>\n");
        Note(page, EvaluationText.Unused(model, shown));
        Note(page, "SHA-256 of the model: " + model.Model.Hash);
    }

    private static void Begin(StringBuilder page, string[] columns)
    {
        page.Append("<div class=wide><table><tr>");
        foreach (string column in columns)
        {
            page.Append("<th>").Append(Escape(column)).Append("</th>");
        }

        page.Append("</tr>\n");
    }

    private static void Cell(StringBuilder page, string text, string kind = "")
    {
        page.Append(kind.Length == 0 ? "<td>" : $"<td class={kind}>").Append(Escape(text)).Append("</td>");
    }

    private static void Heading(StringBuilder page, string text) => page.Append("<h2>").Append(Escape(text)).Append("</h2>\n");

    private static void Note(StringBuilder page, string text) => page.Append("<p class=note>").Append(Escape(text)).Append("</p>\n");

    private static string Escape(string text) => WebUtility.HtmlEncode(text);
}
