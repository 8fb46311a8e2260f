using Bytemill.Tokenization;
using Bytemill.Web.Models;

namespace Bytemill.Tests;

public class EvaluationFactsTests
{
    [Fact]
    public async Task Find_ReportOfEval_IsRead()
    {
        using var directory = new TestDirectory();
        string model = directory["model.bytemill"];
        await using (FileStream file = File.Create(model))
        {
            ModelFile.Write(TestModels.Small(), file);
        }

        string[] inputs = TestCorpus.Write(directory["corpus"], [.. Enumerable.Range(0, 30).Select(row => $"the thing {row}")], files: 1, rowsPerGroup: 10);
        (int exitCode, string[] output, string[] errors) = await BytemillProcess.RunAsync("eval", "--model", model, "--input", inputs[0], "--group-by", "lang", "--json");
        Assert.True(exitCode == 0, string.Join('\n', errors));
        Assert.Null(EvaluationFacts.Find(model, TestModels.Small()));
        await File.WriteAllLinesAsync(directory["eval.json"], output, TestContext.Current.CancellationToken);

        EvaluationFacts facts = EvaluationFacts.Find(model, TestModels.Small())!;
        Assert.Equal("lang", facts.GroupColumn);
        Assert.Equal(facts.Tokens, facts.Groups.Sum(group => group.Tokens));
        Assert.All(facts.UnusedFirst, id => Assert.True(TestModels.SmallVocabulary.GetPiece(id).Length > 1));
        Assert.True(facts.Unused >= facts.UnusedFirst.Length);

        // Of another model nothing is said.
        Assert.Null(EvaluationFacts.Find(model, TestModels.Small(special: "<|x|>")));
    }

    [Fact]
    public void Find_SomethingElse_IsNamed()
    {
        using var directory = new TestDirectory();
        File.WriteAllText(directory["eval.json"], """{"format": "bytemill-eval-1"}""");
        Assert.Contains("eval.json", Assert.Throws<ModelUnavailableException>(() => EvaluationFacts.Find(directory["m"], TestModels.Small())).Message, StringComparison.Ordinal);
    }
}
