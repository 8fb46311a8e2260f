using Bytemill.Corpus;
using Bytemill.Pipeline;
using Bytemill.Training;

namespace Bytemill.Tests;

/// <summary>A job on the odd and broken files made elsewhere.</summary>
[Collection(EndToEndTests.Name)]
public sealed class HostileCorpusTests : IDisposable
{
    private readonly TestDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Run_Skip_ListsWhatCannotBeUsedAndUsesTheRest()
    {
        string? folder = SharedData.Find("../corpus/hostile");
        if (folder is null)
        {
            Assert.Skip("The hostile files are not here.");
        }

        await using EmbeddedCluster cluster = await EmbeddedCluster.StartAsync(workers: 2);
        JobSpec spec = new()
        {
            // Its one document takes as long as all others together.
            Inputs = [.. Directory.GetFiles(folder).Where(path => !path.Contains("64mb", StringComparison.Ordinal))],
            OutputDirectory = _directory["out"],
            OnError = InputErrorHandling.Skip,
            InvalidUtf8 = InvalidUtf8Handling.SkipRow,
            Training = new TrainerOptions { MaxVocabSizes = [1000] },
        };
        await cluster.ResultsAsync(spec);

        ResultManifest manifest = ResultManifest.Read(spec.OutputDirectory);
        Assert.Equal(
            [
                "binary-text-invalid-utf8.parquet 0 88", "column-named-content.parquet - -", "corrupt-data-pages.parquet 0 150", "corrupt-data-pages.parquet 1 150",
                "empty-file.parquet - -", "footer-length-too-big.parquet - -", "list-of-string-text.parquet - -", "magic-only.parquet - -",
                "not-parquet-plain-text.parquet - -", "string-text-invalid-utf8.parquet 0 88", "text-is-int64.parquet - -", "text-nested-in-struct.parquet - -",
                "truncated-last-byte.parquet - -", "truncated.parquet - -", "wrong-magic.parquet - -",
            ],
            manifest.LeftOut!.Value.Select(left => $"{Path.GetFileName(left.Path)} {left.RowGroup?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "-"} {left.Rows?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "-"}"));
        VerifyReport report = OutputVerifier.Verify(spec.OutputDirectory, new VerifyOptions(), TestContext.Current.CancellationToken);
        Assert.Empty(report.Faults);
        Assert.Empty(report.Notes);
    }
}
