using Bytemill.Corpus;
using Bytemill.Pipeline;
using Bytemill.Tokenization;
using Bytemill.Training;
using CsCheck;

namespace Bytemill.Tests;

/// <summary>Training with counts of an earlier job: the model is the one without them, whatever of the corpus is new, changed or gone.</summary>
[Collection(EndToEndTests.Name)]
public sealed class ExtendedTrainingTests : IClassFixture<ClustersOfWorkers>, IDisposable
{
    private readonly TestDirectory _directory = new();
    private readonly ClustersOfWorkers _clusters;

    // What the job that extends does otherwise, and whether counts can be taken over all the same.
    private static readonly Dictionary<string, (Func<JobSpec, JobSpec> Change, bool CanReuse)> s_changes = new()
    {
        ["nothing"] = (spec => spec, true),
        ["min count, sizes, lengths, shards"] = (
            spec => spec with { Training = spec.Training with { MinCount = 3, MaxVocabSizes = [350, 300], MaxPieceLength = 9, EnsureUnicode = false }, NGramShards = 3, PartitionBytes = 3_000 }, true),
        ["order"] = (spec => spec with { Training = spec.Training with { Order = 4 } }, false),
        ["digits"] = (spec => spec with { Training = spec.Training with { IsolateDigits = true } }, false),
        ["normalization"] = (spec => spec with { Training = spec.Training with { Normalization = TextNormalization.None } }, false),
        ["where"] = (spec => spec with { Where = "lang = l1" }, false),
        ["sample"] = (spec => spec with { Sample = 0.6 }, false),
        ["replace"] = (spec => spec with { InvalidUtf8 = InvalidUtf8Handling.Replace }, false),
    };

    private static readonly Dictionary<string, Func<JobSpec, JobSpec>> s_jobs = new()
    {
        ["plain"] = spec => spec,
        ["rows"] = spec => spec with { Where = "lang in (l1, l2)", Sample = 0.8 },
        ["skip"] = spec => spec with { OnError = InputErrorHandling.Skip, InvalidUtf8 = InvalidUtf8Handling.SkipRow },
        ["limit"] = spec => spec with { Limit = 40 },
        ["run"] = spec => spec with { Mode = JobMode.Run },
        ["run, skip"] = spec => spec with { Mode = JobMode.Run, OnError = InputErrorHandling.Skip, InvalidUtf8 = InvalidUtf8Handling.SkipRow },
    };

    public ExtendedTrainingTests(ClustersOfWorkers clusters) => _clusters = clusters;

    public static TheoryData<string> Changes => [.. s_changes.Keys];

    public void Dispose() => _directory.Dispose();

    [Theory]
    [MemberData(nameof(Changes))]
    public async Task Extend_OtherOptions_ReusesWhatDoesNotDependOnThem(string name)
    {
        (Func<JobSpec, JobSpec> change, bool canReuse) = s_changes[name];
        JobSpec spec = Spec("in", "old");
        WriteFile("in/b", 1);
        WriteFile("in/d", 2);
        await _clusters[2].ResultsAsync(spec);
        WriteFile("in/a", 3);
        WriteFile("in/c", 4);

        ManifestExtension extended = await ExtendAsync(change(spec) with { OutputDirectory = _directory["new"], Extend = _directory["old"] }, workers: 7);
        int kept = ResultManifest.Read(_directory["old"]).Counts!.Runs;
        Assert.True(kept > 2);
        Assert.Equal(canReuse ? kept : 0, extended.ReusedPartitions);
        Assert.Equal(canReuse, extended.Differences is null);
        Assert.Equal(canReuse ? (2, 0, 0) : (0, 0, 0), (extended.NewFiles, extended.ChangedFiles, extended.NeighbourFiles));
        Assert.True(extended.CountedPartitions > 0);
    }

    [Fact]
    public async Task Extend_AnExtension_ReusesBoth()
    {
        JobSpec spec = Spec("in", "one");
        WriteFile("in/b", 1);
        await _clusters[1].ResultsAsync(spec);
        WriteFile("in/a", 2);
        await ExtendAsync(spec with { OutputDirectory = _directory["two"], Extend = _directory["one"] }, workers: 2);
        // What was taken over is there twice by name and once on the disk; the first job may go.
        Directory.Delete(_directory["one"], recursive: true);
        ManifestExtension extended = await ExtendAsync(spec with { OutputDirectory = _directory["three"], Extend = _directory["two"] }, workers: 7);
        Assert.Equal((0, 0), (extended.CountedPartitions, extended.NewFiles));
        File.Delete(_directory["in/b.parquet"]);
        extended = await ExtendAsync(spec with { OutputDirectory = _directory["four"], Extend = _directory["three"] }, workers: 7);
        Assert.Equal((0, 1), (extended.CountedPartitions, extended.GoneFiles));
    }

    // What a run leaves out for the columns that it copies, training that copies none does not.
    [Fact]
    public async Task Extend_RunThatLeftRowsOut_ReusesWhereNothingWas()
    {
        JobSpec spec = Spec("in", "old") with { Mode = JobMode.Run, Keep = ["note"], OnError = InputErrorHandling.Skip, InvalidUtf8 = InvalidUtf8Handling.SkipRow };
        Directory.CreateDirectory(_directory["in"]);
        WriteLines("in/a.jsonl", note: "ok"u8);
        WriteLines("in/b.jsonl", note: [0xFF]);
        WriteLines("in/c.jsonl", note: "fine"u8);
        await _clusters[2].ResultsAsync(spec);
        Assert.Equal(1, ResultManifest.Read(_directory["old"]).Statistics.LeftOutRows);

        JobSpec train = spec with { Mode = JobMode.Train, Keep = null, OutputDirectory = _directory["new"], Extend = _directory["old"] };
        ManifestExtension extended = await ExtendAsync(train, workers: 2);
        Assert.Equal((2, 1, 1), (extended.ReusedPartitions, extended.CountedPartitions, extended.OtherwiseFiles));
        Assert.Null(extended.Differences);
        Assert.Null(ResultManifest.Read(_directory["new"]).Statistics.LeftOutRows);
    }

    [Fact]
    public async Task Extend_RandomCorpora_GivesTheSameModel()
    {
        Gen<int[]> files = Gen.Int[0, 3].Array[4];
        Gen<int[]> weights = Gen.Int[1, 2].Array[4];
        int run = 0;
        await Gen.Select(Gen.Select(files, weights), Gen.Select(files, weights), Gen.Int[0, s_jobs.Count - 1], Gen.Int[0, 2]).SampleAsync(
            async (before, after, job, cluster) =>
            {
                string root = $"random-{Interlocked.Increment(ref run)}";
                if (!before.Item1.Zip(after.Item1).Any(pair => pair.First > 0 && pair.Second > 0))
                {
                    return;
                }

                JobSpec spec = s_jobs.Values.ElementAt(job)(Spec(root, root + "-old"));
                int workers = _clusters.All.Keys.ElementAt(cluster);
                await _clusters[workers].ResultsAsync(spec with { Inputs = WriteFiles(root, before.Item1, before.Item2) });
                spec = spec with { Inputs = WriteFiles(root, after.Item1, after.Item2), OutputDirectory = _directory[root + "-new"], Extend = _directory[root + "-old"], Mode = JobMode.Train };
                await ExtendAsync(spec, workers);
            },
            iter: 12,
            threads: 1);
    }

    [Fact]
    public async Task Extend_DamagedCounts_AreCountedAnewOrRefused()
    {
        JobSpec spec = Spec("in", "old");
        WriteFile("in/a", 1);
        WriteFile("in/b", 2);
        await _clusters[2].ResultsAsync(spec);
        Assert.Empty(OutputVerifier.Verify(_directory["old"], new VerifyOptions(), TestContext.Current.CancellationToken).Faults);
        string[] runs = [.. Directory.EnumerateFiles(_directory["old/_counts"], "*.run").Order(StringComparer.Ordinal)];
        byte[] bytes = File.ReadAllBytes(runs[0]);
        bytes[bytes.Length / 2] ^= 1;
        File.WriteAllBytes(runs[0], bytes);
        File.Delete(runs[^1]);
        Assert.Equal(2, OutputVerifier.Verify(_directory["old"], new VerifyOptions(), TestContext.Current.CancellationToken).Faults.Length);
        JobSpec extending = spec with { OutputDirectory = _directory["new"], Extend = _directory["old"] };
        ManifestExtension extended = await ExtendAsync(extending, workers: 2);
        Assert.Equal((2, 2, runs.Length - 2), (extended.DamagedPartitions, extended.CountedPartitions, extended.ReusedPartitions));

        Refused(extending with { OutputDirectory = _directory["old"], Overwrite = true }, "give another --output");
        string index = _directory["old/_counts/index"];
        bytes = File.ReadAllBytes(index);
        bytes[^1] ^= 1;
        File.WriteAllBytes(index, bytes);
        Refused(extending with { OutputDirectory = _directory["other"] }, index, "damaged");
        Assert.Contains(index, Assert.Single(OutputVerifier.Verify(_directory["old"], new VerifyOptions(), TestContext.Current.CancellationToken).Faults), StringComparison.Ordinal);
        File.Delete(index);
        Refused(extending with { OutputDirectory = _directory["other"] }, "--keep-counts");
        Refused(extending with { OutputDirectory = _directory["other"], Extend = _directory["in"] }, "'train' or 'run'");
    }

    [Fact]
    public async Task Overwrite_JobWithCounts_RemovesThem()
    {
        JobSpec spec = Spec("in", "out");
        WriteFile("in/a", 1);
        await _clusters[2].ResultsAsync(spec);
        Assert.True(Directory.Exists(_directory["out/_counts"]));
        await _clusters[2].ResultsAsync(spec with { KeepCounts = false, Overwrite = true });
        Assert.False(Directory.Exists(_directory["out/_counts"]));
    }

    // Files are known by their fingerprints; whatever these do not see, the digests of the text do.
    [Fact]
    public async Task Extend_TextThatChangedUnseen_FailsAndSaysWhy()
    {
        string path = _directory["in/a.txt"];
        UnseenChange.Write(path);
        JobSpec spec = Spec("in", "old") with { Inputs = [path] };
        await _clusters[2].ResultsAsync(spec);
        UnseenChange.Make(path);
        IWireMessage end = await _clusters[2].RunAsync(spec with { OutputDirectory = _directory["new"], Extend = _directory["old"] }, cancellation: TestContext.Current.CancellationToken);
        Assert.Contains("--extend", Assert.IsType<JobProtocol.JobFailed>(end).Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Planned job")]
    [InlineData("Finished CountNGrams")]
    [InlineData("Finished SegmentPieces")]
    [InlineData("Finished PruneTogether")]
    public async Task Extend_Killed_ResumesToTheSameBytes(string point)
    {
        string[] Command(string output, params string[] more) =>
            ["train", "--input", _directory["in"], "--output", _directory[output], "--vocab-size", "400", "--shards", "3", "--partition-size", "1", "--workers", "2", .. more];
        for (int file = 0; file < 4; file++)
        {
            WriteFile($"in/{file}", file, rows: 400, words: 600);
        }

        await SucceedsAsync(Command("old", "--keep-counts"));
        WriteFile("in/1", 7, rows: 400, words: 600);
        WriteFile("in/9", 8, rows: 400, words: 600);
        string[] extend = Command("new", "--extend", _directory["old"], "--keep-counts");
        int exitCode;
        await using (BytemillProcess run = BytemillProcess.Start([.. extend, "--verbose"]))
        {
            await run.ErrorLineAsync(point, run.Kill);
            exitCode = await run.ExitCodeAsync();
        }

        // Late in so small a job it may be done before it is killed.
        if (exitCode != 0)
        {
            await SucceedsAsync([.. extend, "--resume"]);
        }

        await SucceedsAsync(Command("fresh"));
        Assert.Equal(File.ReadAllBytes(_directory["fresh/model.bytemill"]), File.ReadAllBytes(_directory["new/model.bytemill"]));
        Assert.True(ResultManifest.Read(_directory["new"]).Extended!.ReusedPartitions > 0);

        // The counts that it kept are whole.
        string[] output = await SucceedsAsync(Command("again", "--extend", _directory["new"]));
        Assert.Contains(output, line => line.StartsWith("extended", StringComparison.Ordinal));
        ManifestExtension extended = ResultManifest.Read(_directory["again"]).Extended!;
        Assert.Equal((0, 0), (extended.CountedPartitions, extended.DamagedPartitions));
    }

    private static async Task<string[]> SucceedsAsync(string[] command)
    {
        (int exitCode, string[] output, string[] errors) = await BytemillProcess.RunAsync(command);
        Assert.True(exitCode == 0, string.Join('\n', errors));
        return output;
    }

    private static void Refused(JobSpec spec, params string[] named)
    {
        JobInputException error = Assert.Throws<JobInputException>(() => JobPreflight.Check(spec, cancellation: TestContext.Current.CancellationToken));
        Assert.All(named, part => Assert.Contains(part, error.Message, StringComparison.Ordinal));
    }

    private JobSpec Spec(string input, string output) => new()
    {
        Mode = JobMode.Train,
        Inputs = [_directory[input]],
        OutputDirectory = _directory[output],
        Training = new TrainerOptions { MaxVocabSizes = [400] },
        NGramShards = 4,
        PieceShards = 3,
        PartitionBytes = 900,
        KeepCounts = true,
    };

    private string[] WriteFilesOf(string root, int[] contents) => [.. contents.Select((_, file) => _directory[$"{root}/{(file < 2 ? "x/" : "")}part-{file}.parquet"])];

    // By the number of its content, 0 for no file; the inputs with their weights.
    private System.Collections.Immutable.ImmutableArray<string> WriteFiles(string root, int[] contents, int[] weights)
    {
        string[] paths = WriteFilesOf(root, contents);
        List<string> inputs = [];
        for (int file = 0; file < contents.Length; file++)
        {
            if (contents[file] > 0)
            {
                WriteFile(Path.ChangeExtension(Path.GetRelativePath(_directory.Path, paths[file]), null), contents[file]);
                inputs.Add(weights[file] == 1 ? paths[file] : $"{paths[file]}@{weights[file]}");
            }
        }

        return [.. inputs];
    }

    // One line of three has a property that may not be UTF-8.
    private void WriteLines(string name, ReadOnlySpan<byte> note)
    {
        using FileStream file = File.Create(_directory[name]);
        for (int line = 0; line < 3; line++)
        {
            file.Write(System.Text.Encoding.UTF8.GetBytes($"{{\"text\": \"{string.Concat(Enumerable.Repeat($"some text {line} of {name}, ", 20))}\", \"note\": \""));
            file.Write(line == 1 ? note : "plain"u8);
            file.Write("\"}\n"u8);
        }
    }

    private void WriteFile(string name, int content, int rows = 24, int words = 12)
    {
        string path = _directory[name + ".parquet"];
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        TestCorpus.WriteFile(
            path,
            [.. Enumerable.Range(0, rows).Select(row => ($"{row}", row % 4 == 0 ? null : $"l{row % 4}", row % 7 == 6 ? null : $"the text {content} of row {row}, {string.Join(' ', Enumerable.Range(row, words).Select(i => i * content % 97))}"))],
            rowsPerGroup: rows / 4);
    }

    private async Task<ManifestExtension> ExtendAsync(JobSpec spec, int workers)
    {
        SortedDictionary<string, byte[]> extended = await _clusters[workers].ResultsAsync(spec);
        string fresh = spec.OutputDirectory + "-fresh";
        SortedDictionary<string, byte[]> expected = await _clusters[2].ResultsAsync(spec with { OutputDirectory = fresh, Extend = null, KeepCounts = false, Overwrite = true });
        Assert.NotEmpty(expected);
        Assert.All(expected, file => Assert.True(file.Value.AsSpan().SequenceEqual(extended[file.Key]), file.Key));
        (ResultManifest found, ResultManifest anew) = (ResultManifest.Read(spec.OutputDirectory), ResultManifest.Read(fresh));
        Assert.Equal((anew.Statistics, anew.Inputs, anew.LeftOut ?? []), (found.Statistics, found.Inputs, found.LeftOut ?? []), (left, right) =>
            left.Item1 == right.Item1 && left.Item2.SequenceEqual(right.Item2) && left.Item3.SequenceEqual(right.Item3));
        return found.Extended!;
    }
}
