using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Bytemill.App;
using Bytemill.Corpus;
using Bytemill.Pipeline;
using Bytemill.Tokenization;

namespace Bytemill.Tests;

public sealed class CorpusEvaluatorTests : IDisposable
{
    private static readonly Tokenizer[] s_tokenizers =
    [
        new(TestModels.Small()), new(TestModels.Small(isolateDigits: true, TextNormalization.None, "<|end|>")),
    ];

    private readonly TestDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Run_AnyNumberOfThreads_SameReportsToTheByte()
    {
        string?[] documents = [.. Enumerable.Range(0, 300).Select(i => i % 11 == 0 ? null : string.Concat(Enumerable.Repeat("the thing 中文 e\u0301 123 <|end|>\n", i % 7)) + i)];
        string[] files = TestCorpus.Write(_directory["in"], documents, files: 3, rowsPerGroup: 17);
        byte[]? first = null;
        foreach (int threads in new[] { 1, 2, 5 })
        {
            byte[] reports = Reports(Evaluate(files, threads));
            Assert.Equal(first ??= reports, reports);
        }

        // Against a plain count.
        ModelEvaluation[] models = [.. Evaluate(files, 2).Models];
        for (int m = 0; m < models.Length; m++)
        {
            string[] texts = [.. documents.OfType<string>()];
            Assert.Equal(texts.Length, models[m].Usage.Totals.Texts);
            Assert.Equal(texts.Sum(text => (long)s_tokenizers[m].Encode(text).Length), models[m].Usage.Totals.Tokens);
            Assert.Equal(texts.Sum(text => (long)Encoding.UTF8.GetByteCount(text)), models[m].Usage.Totals.TextBytes);
            Assert.Equal(["(null)", "l0", "l1", "l2", "l3", "l4"], models[m].Groups.Select(group => group.Key));
            foreach ((string name, TokenTotals totals) in models[m].Groups)
            {
                string[] own = [.. documents.Index().Where(row => row.Item is not null && (row.Index % 3 == 0 ? "(null)" : $"l{row.Index % 5}") == name).Select(row => row.Item!)];
                Assert.Equal(own.Sum(text => (long)s_tokenizers[m].Encode(text).Length), totals.Tokens);
                Assert.Equal(own.Length, totals.Texts);
            }
        }
    }

    [Fact]
    public void Run_NoText_HasNoFiguresButAReport()
    {
        string[] files = TestCorpus.Write(_directory["in"], [null, ""], files: 1, rowsPerGroup: 10);
        EvaluationReport report = Evaluate(files, 2);
        Assert.Equal(0, report.Models[0].Usage.Totals.Tokens);
        string json = Encoding.UTF8.GetString(Reports(report));
        Assert.Contains("\"bytes_per_token\": null", json, StringComparison.Ordinal);
        Assert.DoesNotContain("NaN", json, StringComparison.Ordinal);
    }

    [Fact]
    public void Constructor_GroupColumnMissing_NamesTheOption()
    {
        string[] files = TestCorpus.Write(_directory["in"], ["a"], files: 1, rowsPerGroup: 10);
        var error = Assert.Throws<JobInputException>(() => new CorpusEvaluator([s_tokenizers[0]], files, "text", "language"));
        Assert.Contains("--group-by language", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("--text-column", error.Message, StringComparison.Ordinal);
        Assert.Throws<CorpusException>(() => new CorpusEvaluator([s_tokenizers[0]], files, "body", null));
    }

    [Theory]
    [InlineData("lang in (l1, l4)", null, null)]
    [InlineData(null, 0.4, null)]
    [InlineData(null, null, 37L)]
    [InlineData("lang != l1", 0.7, 20L)]
    public void Run_SelectedRows_AreCountedAsIfAlone(string? where, double? sample, long? limit)
    {
        string[] files = TestCorpus.Write(_directory["in"], [.. Enumerable.Range(0, 120).Select(i => $"the thing {i * i}")], files: 2, rowsPerGroup: 7);
        var options = new SourceOptions
        {
            TextColumn = "text",
            Where = where is null ? null : RowCondition.Parse(where),
            Sample = sample is { } fraction ? new RowSample(fraction) : null,
        };
        List<(string Id, string? Language, string? Text)> rows = [];
        foreach (string file in files)
        {
            using ITextSource ids = TextSources.Open(file, options with { TextColumn = "id" });
            using ITextSource texts = TextSources.Open(file, options);
            for (int group = 0; group < ids.GroupCount; group++)
            {
                RowSelection selection = texts.SelectRows(group, null, TestContext.Current.CancellationToken);
                using TextBatch id = ids.ReadBatches(group, 1 << 20, RowSelection.All, TestContext.Current.CancellationToken).Single();
                using TextBatch text = texts.ReadBatches(group, 1 << 20, RowSelection.All, TestContext.Current.CancellationToken).Single();
                for (int row = 0; row < id.RowCount; row++)
                {
                    if (selection.Takes(row) && rows.Count < (limit ?? long.MaxValue))
                    {
                        int number = int.Parse(Encoding.UTF8.GetString(id[row])[^5..], CultureInfo.InvariantCulture);
                        rows.Add((TestCorpus.Id(number), number % 3 == 0 ? null : $"l{number % 5}", Encoding.UTF8.GetString(text[row])));
                    }
                }
            }
        }

        Assert.InRange(rows.Count, 1, 119);
        string alone = _directory["alone.parquet"];
        TestCorpus.WriteFile(alone, rows, rowsPerGroup: 1000);
        var expected = new CorpusEvaluator([s_tokenizers[0]], [alone], "text", "lang").Run(1, TestContext.Current.CancellationToken)[0];
        var evaluator = new CorpusEvaluator([s_tokenizers[0]], files, options, "lang", limit);
        var found = evaluator.Run(2, TestContext.Current.CancellationToken)[0];
        Assert.Equal(expected.Groups, found.Groups);
        Assert.Equal(evaluator.TotalBytes, evaluator.DoneBytes);
    }

    [Fact]
    public void Run_GroupColumnOfKeys_IsRefused()
    {
        string[] files = TestCorpus.Write(_directory["in"], [.. Enumerable.Range(0, CorpusEvaluator.MaxGroups + 1).Select(i => "a")], files: 1, rowsPerGroup: 2000);
        var evaluator = new CorpusEvaluator([s_tokenizers[0]], files, "text", "id");
        var error = Assert.Throws<JobInputException>(() => evaluator.Run(2, TestContext.Current.CancellationToken));
        Assert.Contains("--group-by id", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_Cancelled_Stops()
    {
        string[] files = TestCorpus.Write(_directory["in"], ["a", "b"], files: 1, rowsPerGroup: 1);
        using var source = new CancellationTokenSource();
        source.Cancel();
        var evaluator = new CorpusEvaluator([s_tokenizers[0]], files, "text", null);
        Assert.ThrowsAny<OperationCanceledException>(() => evaluator.Run(2, source.Token));
    }

    [Fact]
    public void Html_HostileNames_AreEscapedAndNothingIsFetched()
    {
        string[] files = TestCorpus.Write(_directory["in"], ["<script>alert(1)</script> & the thing", "中文"], files: 1, rowsPerGroup: 10);
        EvaluationReport report = Evaluate(files, 1);
        ModelEvaluation hostile = report.Models[0] with { Name = "<img src=x>", Path = "\"><script>" };
        using var page = new StringWriter();
        EvaluationHtml.Write(report with { Models = [hostile, report.Models[1]] }, page);
        string html = page.ToString();
        Assert.DoesNotContain("<script", html, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("<img", html, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("href", html.Replace("xlink:href", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.DoesNotContain("url(http", html, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(3, html.Split("<svg").Length - 1);
        string[] ids = [.. Regex.Matches(html, " id=\"([^\"]*)\"").Select(match => match.Groups[1].Value)];
        Assert.Equal(ids.Distinct(), ids);
    }

    [Fact]
    public void Counts_EveryPieceOfEveryModel_AddUpToTheTokens()
    {
        string[] files = TestCorpus.Write(_directory["in"], ["the thing\tand\na tab", "中文 é"], files: 1, rowsPerGroup: 10);
        EvaluationReport report = Evaluate(files, 2);
        using var stream = new MemoryStream();
        EvaluationCounts.Write(report with { Models = [report.Models[0] with { Name = "a\tb c" }, report.Models[1]] }, stream);
        string[] lines = Encoding.UTF8.GetString(stream.ToArray()).Split('\n');
        Assert.Equal(EvaluationCounts.Header, lines[0]);
        Assert.Equal("", lines[^1]);
        string[][] rows = [.. lines[1..^1].Select(line => line.Split('\t'))];
        Assert.All(rows, row => Assert.Equal(7, row.Length));
        Assert.Equal(report.Models.Sum(model => model.Model.Vocabulary.Count - Vocabulary.FirstPieceId), rows.Length);
        Assert.Equal(["a<0x09>b c", "m1"], rows.Select(row => row[0]).Distinct());
        for (int m = 0; m < 2; m++)
        {
            string[][] own = [.. rows.Where(row => row[0] == (m == 0 ? "a<0x09>b c" : "m1"))];
            Assert.Equal(report.Models[m].Usage.Totals.Tokens, own.Sum(row => long.Parse(row[5], CultureInfo.InvariantCulture)));
            Assert.Equal(["746865", "the", "3"], own.Single(row => row[2] == "746865")[2..5]);
        }
    }

    [Fact]
    public void Json_Names_AreThoseOfThePage()
    {
        string[] files = TestCorpus.Write(_directory["in"], ["the thing"], files: 1, rowsPerGroup: 10);
        using var stream = new MemoryStream();
        EvaluationJson.Write(Evaluate(files, 1), stream);
        using JsonDocument json = JsonDocument.Parse(stream.ToArray());
        string[] known = [.. json.RootElement.GetProperty("models")[0].EnumerateObject().Select(property => property.Name)];
        string[] rows = [.. File.ReadAllLines(Path.Combine(SourceFolder(), "../../../docs/evaluation.md")).SkipWhile(line => !line.StartsWith("| figure", StringComparison.Ordinal)).Skip(2).TakeWhile(line => line.StartsWith('|'))];
        string[] named = [.. rows.SelectMany(row => Regex.Matches(row.Split('|')[2], "`([^`]*)`")).Select(match => match.Groups[1].Value)];
        Assert.Equal(9, named.Length);
        Assert.All(named, name => Assert.Contains(name, known));
    }

    private static string SourceFolder([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;

    private static EvaluationReport Evaluate(string[] files, int threads)
    {
        var evaluator = new CorpusEvaluator([.. s_tokenizers], files, "text", "lang");
        var results = evaluator.Run(threads, TestContext.Current.CancellationToken);
        Assert.Equal(evaluator.TotalBytes, evaluator.DoneBytes);
        return new EvaluationReport(
            files.Length,
            "lang",
            [.. results.Select((result, i) => new ModelEvaluation($"m{i}", $"dir/m{i}", s_tokenizers[i].Model, new VocabularyUsage(result.Statistics), [.. result.Groups]))],
            10);
    }

    private static byte[] Reports(EvaluationReport report)
    {
        using var stream = new MemoryStream();
        EvaluationJson.Write(report, stream);
        using var page = new StringWriter();
        EvaluationHtml.Write(report, page);
        stream.Write(Encoding.UTF8.GetBytes(page.ToString()));
        return stream.ToArray();
    }
}
