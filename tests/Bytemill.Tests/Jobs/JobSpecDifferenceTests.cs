using System.Reflection;
using Bytemill.Corpus;
using Bytemill.Pipeline;
using Bytemill.Tokenization;
using Bytemill.Training;

namespace Bytemill.Tests;

public class JobSpecDifferenceTests
{
    private static readonly JobSpec s_spec = new() { Mode = JobMode.Run, Inputs = ["in"], OutputDirectory = "out", Sampling = new JobSampling() };

    // Every property of a job, changed: which option says so, and whether the result depends on it; none where nothing does.
    public static TheoryData<string, JobSpec, string?, bool> Changes => new()
    {
        { "Mode", s_spec with { Mode = JobMode.Tokenize }, "command", true },
        { "Inputs", s_spec with { Inputs = ["in", "more"] }, "--input", true },
        { "TextColumn", s_spec with { TextColumn = "other" }, "--text-column", true },
        { "OutputDirectory", s_spec with { OutputDirectory = "moved" }, "--output", true },
        { "Training", s_spec with { Training = new TrainerOptions { Order = 5 } }, "--order", true },
        { "ModelPath", s_spec with { ModelPath = "m" }, "--model", true },
        { "Keep", s_spec with { Keep = ["id"] }, "--keep", true },
        { "NGramShards", s_spec with { NGramShards = 3 }, "--shards", false },
        { "PieceShards", s_spec with { PieceShards = 3 }, "--shards", false },
        { "PruneTogetherBelow", s_spec with { PruneTogetherBelow = 1 }, null, false },
        { "PartitionBytes", s_spec with { PartitionBytes = 1L << 20 }, "--partition-size", false },
        { "Overwrite", s_spec with { Overwrite = true }, null, false },
        { "Update", s_spec with { Update = true }, "--update", false },
        { "DropMissing", s_spec with { DropMissing = true }, "--drop-missing", false },
        { "KeepCounts", s_spec with { KeepCounts = true }, "--keep-counts", false },
        { "Extend", s_spec with { Extend = "out" }, "--extend", false },
        { "TokenizeWithSize", s_spec with { TokenizeWithSize = 300 }, "--tokenize-with", true },
        { "Sampling", s_spec with { Sampling = null }, "--sampling", true },
        { "DatasetCard", s_spec with { DatasetCard = true }, "--dataset-card", true },
        { "DatasetSplit", s_spec with { DatasetSplit = "train" }, "--hf-split", true },
        { "CompressionLevel", s_spec with { CompressionLevel = 9 }, "--zstd-level", true },
        { "SpillDirectory", s_spec with { SpillDirectory = "s" }, "--spill-dir", false },
        { "Where", s_spec with { Where = "a = 1" }, "--where", true },
        { "Sample", s_spec with { Sample = 0.5 }, "--sample", true },
        { "Limit", s_spec with { Limit = 7 }, "--limit", true },
        { "Layout", s_spec with { Layout = new OutputLayout { Pack = 7 } }, "--pack", true },
        { "OnError", s_spec with { OnError = InputErrorHandling.Skip }, "--on-error", true },
        { "InvalidUtf8", s_spec with { InvalidUtf8 = InvalidUtf8Handling.Keep }, "--invalid-utf8", true },
        { "SkipDiskCheck", s_spec with { SkipDiskCheck = true }, null, false },
    };

    public static TheoryData<string, TrainerOptions, string> TrainingChanges => new()
    {
        { "Order", new TrainerOptions { Order = 5 }, "--order" },
        { "MaxVocabSizes", new TrainerOptions { MaxVocabSizes = [300] }, "--vocab-size" },
        { "MaxPieceLength", new TrainerOptions { MaxPieceLength = 7 }, "--max-piece-length" },
        { "MinCount", new TrainerOptions { MinCount = 7 }, "--min-count" },
        { "IsolateDigits", new TrainerOptions { IsolateDigits = true }, "--isolate-digits" },
        { "EnsureUnicode", new TrainerOptions { EnsureUnicode = false }, "--no-ensure-unicode" },
        { "Normalization", new TrainerOptions { Normalization = TextNormalization.None }, "--normalization" },
    };

    public static TheoryData<string, JobSampling, string> SamplingChanges => new()
    {
        { "Method", new JobSampling { Method = SamplingMethod.Viterbi }, "--sampling" },
        { "Alpha", new JobSampling { Alpha = 0.75 }, "--alpha" },
        { "Seed", new JobSampling { Seed = 77 }, "--seed" },
        { "Epochs", new JobSampling { Epochs = 7 }, "--epochs" },
    };

    public static TheoryData<string, OutputLayout, string> LayoutChanges => new()
    {
        { "Format", new OutputLayout { Format = OutputFormat.Npy }, "--output-format" },
        { "IdType", new OutputLayout { IdType = IdType.UInt16 }, "--id-type" },
        { "DocumentTokens", new OutputLayout { DocumentTokens = DocumentTokens.Eos }, "--add-special" },
        { "RowGroupRows", new OutputLayout { RowGroupRows = 7 }, "--row-group-rows" },
        { "RowGroupBytes", new OutputLayout { RowGroupBytes = 7 }, "--row-group-size" },
        { "FileBytes", new OutputLayout { FileBytes = 7 }, "--file-size" },
        { "Pack", new OutputLayout { Pack = 7 }, "--pack" },
        { "DropsLast", new OutputLayout { DropsLast = true }, "--pack-last" },
        { "Split", new OutputLayout { Split = "a=1" }, "--split" },
        { "SplitSeed", new OutputLayout { SplitSeed = 7 }, "--split-seed" },
        { "Shuffle", new OutputLayout { Shuffle = 7 }, "--shuffle" },
        { "ShuffleSliceBytes", new OutputLayout { ShuffleSliceBytes = 7 }, "size of shuffled files" },
    };

    [Fact]
    public void Changes_NameEveryProperty()
    {
        Assert.Equal(Settable(typeof(JobSpec)), Changes.Select(row => row.Data.Item1).Order(StringComparer.Ordinal));
        Assert.Equal(Settable(typeof(TrainerOptions)), TrainingChanges.Select(row => row.Data.Item1).Order(StringComparer.Ordinal));
        Assert.Equal(Settable(typeof(OutputLayout)), LayoutChanges.Select(row => row.Data.Item1).Order(StringComparer.Ordinal));
        Assert.Equal(Settable(typeof(JobSampling)), SamplingChanges.Select(row => row.Data.Item1).Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Changes))]
    public void Find_OneProperty_NamesItsOption(string property, JobSpec changed, string? option, bool changesResult)
    {
        JobSpecDifference[] found = [.. JobSpecDifference.Find(s_spec, changed)];
        Assert.True(option is null ? found.Length == 0 : found.Any(difference => difference.Option == option && difference.ChangesResult == changesResult), property);
        Assert.Equal(changesResult, found.Any(difference => difference.ChangesResult));
    }

    [Theory]
    [MemberData(nameof(TrainingChanges))]
    public void Find_OneOfTraining_NamesItsOption(string property, TrainerOptions changed, string option) =>
        Assert.True(JobSpecDifference.Find(s_spec, s_spec with { Training = changed }).Any(difference => difference.Option == option && difference.ChangesResult), property);

    [Theory]
    [MemberData(nameof(SamplingChanges))]
    public void Find_OneOfSampling_NamesItsOption(string property, JobSampling changed, string option) =>
        Assert.True(JobSpecDifference.Find(s_spec, s_spec with { Sampling = changed }).Any(difference => difference.Option == option && difference.ChangesResult), property);

    [Theory]
    [MemberData(nameof(LayoutChanges))]
    public void Find_OneOfLayout_NamesItsOption(string property, OutputLayout changed, string option) =>
        Assert.True(JobSpecDifference.Find(s_spec, s_spec with { Layout = changed }).Any(difference => difference.Option == option && difference.ChangesResult), property);

    [Fact]
    public void Find_SameJob_FindsNothing() =>
        Assert.Empty(JobSpecDifference.Find(s_spec, s_spec with { Inputs = ["in"], Training = new TrainerOptions(), Sampling = new JobSampling() }));

    private static IEnumerable<string> Settable(Type type) =>
        type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(property => property.CanWrite).Select(property => property.Name).Order(StringComparer.Ordinal);
}
