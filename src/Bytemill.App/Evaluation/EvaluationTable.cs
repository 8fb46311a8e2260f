using System.Collections.Immutable;
using Bytemill.Tokenization;
using Spectre.Console;

namespace Bytemill.App;

/// <summary>A report for a person at a terminal, or in a pipe.</summary>
internal static class EvaluationTable
{
    // Lists of pieces are for looking at; all of them are in the JSON and the page.
    private const int ShownPieces = 10;

    public static void Write(EvaluationReport report, IAnsiConsole console)
    {
        PipedConsole.Widen(console);
        TokenTotals corpus = report.Models[0].Usage.Totals;
        Line(console, Units.Format(
            $"{report.Files} files, {Units.Count(corpus.Texts)} texts, {Units.Bytes(corpus.TextBytes)}, {Units.Count(corpus.Characters)} characters"));
        console.Write(Summary(report.Models));
        if (report.GroupColumn is not null)
        {
            Line(console, $"Bytes per token by {report.GroupColumn}; tokens per character in brackets:");
            console.Write(Groups(report));
        }

        Line(console, "Share of tokens by length of their piece, in bytes:");
        console.Write(Lengths(report.Models));
        foreach (ModelEvaluation model in report.Shown == 0 ? [] : report.Models)
        {
            Line(console, $"{model.Name}: the pieces used most, and those used most beyond what the model expects:");
            console.Write(Pieces(model, Math.Min(report.Shown, ShownPieces)));
            Line(console, EvaluationText.Unused(model, ShownPieces));
        }
    }

    private static Table Summary(ImmutableArray<ModelEvaluation> models)
    {
        Table table = NewTable("model", ["pieces", "tokens", "bytes/token", "tokens/char", "single bytes", "fragments", "unused pieces", "Rényi efficiency"]);
        foreach (ModelEvaluation model in models)
        {
            VocabularyUsage usage = model.Usage;
            AddRow(table, [
                model.Name, Units.Count(model.Model.Vocabulary.Count - Vocabulary.FirstPieceId), Units.Count(usage.Totals.Tokens),
                EvaluationText.Number(usage.Totals.BytesPerToken), EvaluationText.Number(usage.Totals.TokensPerCharacter),
                EvaluationText.Percent(usage.Totals.SingleByteShare), EvaluationText.Percent(usage.Totals.FragmentShare),
                EvaluationText.UnusedShare(model), EvaluationText.Number(usage.RenyiEfficiency)]);
        }

        return table;
    }

    private static Table Groups(EvaluationReport report)
    {
        Table table = NewTable(report.GroupColumn!, ["texts", "text", .. report.Models.Select(model => model.Name)]);
        for (int row = 0; row < report.Models[0].Groups.Length; row++)
        {
            (string name, TokenTotals totals) = report.Models[0].Groups[row];
            AddRow(table, [
                name, Units.Count(totals.Texts), Units.Bytes(totals.TextBytes),
                .. report.Models.Select(model => model.Groups[row].Value).Select(of => $"{EvaluationText.Number(of.BytesPerToken)} ({EvaluationText.Number(of.TokensPerCharacter)})")]);
        }

        return table;
    }

    private static Table Lengths(ImmutableArray<ModelEvaluation> models)
    {
        Table table = NewTable("bytes", [.. models.Select(model => model.Name)]);
        int longest = models.Max(model => model.Usage.TokensOfLength.Length);
        for (int first = 1, last = 1; first < longest; first = last + 1, last = first < 8 ? first : Math.Max(first, (2 * first) - 1))
        {
            int end = Math.Min(last, longest - 1);
            AddRow(table, [
                first == end ? Units.Format($"{first}") : Units.Format($"{first}–{end}"),
                .. models.Select(model => EvaluationText.Percent(EvaluationText.ShareOfLengths(model.Usage, first, end)))]);
        }

        return table;
    }

    private static Table Pieces(ModelEvaluation model, int count)
    {
        Table table = NewTable("#", ["piece", "tokens", "share", "", "over-used", "tokens", "expected"]);
        ImmutableArray<int> most = model.Usage.FindMostUsed(count);
        ImmutableArray<int> over = model.Usage.FindOverUsed(count);
        for (int i = 0; i < Math.Max(most.Length, over.Length); i++)
        {
            AddRow(table, [
                Units.Format($"{i + 1}"),
                .. i < most.Length ? (string[])[EvaluationText.Piece(model.Model.Vocabulary, most[i]), Units.Count(model.Usage.GetCount(most[i])), EvaluationText.Percent(EvaluationText.Share(model.Usage, most[i]))] : ["", "", ""],
                "",
                .. i < over.Length ? (string[])[EvaluationText.Piece(model.Model.Vocabulary, over[i]), Units.Count(model.Usage.GetCount(over[i])), Units.Format($"{model.Usage.ExpectedCount(over[i]):0}")] : ["", "", ""]]);
        }

        return table;
    }

    private static Table NewTable(string first, string[] others)
    {
        Table table = new Table().Border(TableBorder.Simple).AddColumn(new TableColumn(Markup.Escape(first)) { NoWrap = true });
        foreach (string column in others)
        {
            table.AddColumn(new TableColumn(Markup.Escape(column)) { Alignment = column is "piece" or "over-used" ? Justify.Left : Justify.Right, NoWrap = true });
        }

        return table;
    }

    private static void AddRow(Table table, string[] cells) => table.AddRow([.. cells.Select(cell => new Text(cell))]);

    // Not wrapped: a pipe has no width.
    private static void Line(IAnsiConsole console, string text) => console.Profile.Out.Writer.WriteLine(text);
}
