using System.Text.Json.Nodes;
using Bytemill.Corpus;
using Bytemill.Pipeline;
using Bytemill.Tokenization;
using CsCheck;

namespace Bytemill.Tests;

/// <summary>Tokenizing into results that are there: only what is new or has changed is done, and all is as if it had been done anew.</summary>
[Collection(EndToEndTests.Name)]
public sealed class OutputUpdateTests : IClassFixture<ClustersOfWorkers>, IDisposable
{
    private readonly TestDirectory _directory = new();
    private readonly ClustersOfWorkers _clusters;

    private static readonly Dictionary<string, JobSpec> s_jobs = new()
    {
        ["plain"] = Job(new OutputLayout()),
        ["ids"] = Job(new OutputLayout { IdType = IdType.UInt16 }) with { Keep = ["lang"], CompressionLevel = 9 },
        ["files of a split"] = Job(new OutputLayout { Split = "train=0.7,valid=0.3", FileBytes = 600 }),
        ["packed megatron"] = Job(new OutputLayout { Format = OutputFormat.Megatron, Pack = 16 }),
        ["npy"] = Job(new OutputLayout { Format = OutputFormat.Npy, Split = "a=0.5,b=0.5" }),
        ["rows"] = Job(new OutputLayout()) with { Where = "lang in (l1, l2)", Sample = 0.7 },
        ["skip"] = Job(new OutputLayout { RowGroupRows = 3 }) with { OnError = InputErrorHandling.Skip, InvalidUtf8 = InvalidUtf8Handling.SkipRow },
        ["epochs"] = Job(new OutputLayout { Split = "a=0.5,b=0.5" }) with { Sampling = new JobSampling { Epochs = 2 } },
    };

    public OutputUpdateTests(ClustersOfWorkers clusters)
    {
        _clusters = clusters;
        using FileStream model = File.Create(_directory["small.bytemill"]);
        ModelFile.Write(TestModels.Small(), model);
    }

    public static TheoryData<string> Jobs => [.. s_jobs.Keys];

    public void Dispose() => _directory.Dispose();

    [Theory]
    [MemberData(nameof(Jobs))]
    public async Task Update_NewChangedAndGoneInputs_IsAsDoneAnew(string name)
    {
        JobSpec spec = s_jobs[name] with { OutputDirectory = _directory["out"], Inputs = [_directory["in"]], ModelPath = _directory["small.bytemill"] };
        WriteFile("in/m/a", 1);
        WriteFile("in/m/b", 2);
        WriteFile("in/m/c", 3);
        await _clusters[2].ResultsAsync(spec);
        Assert.Null(PhaseOf(spec).Reused);

        // Nothing is new.
        await UpdateAsync(spec, workers: 1, reused: 3);

        // All outputs change their names with the deepest directory in common, and one input is first now.
        WriteFile("in/l/a", 4);
        WriteFile("in/m/b", 5);
        File.Delete(_directory["in/m/c.parquet"]);
        // The seeds of documents are made of the number of their file, which is another one now.
        await UpdateAsync(spec with { DropMissing = true }, workers: 2, reused: name == "epochs" ? 0 : 1);
        WriteFile("in/n", 6);
        await UpdateAsync(spec, workers: 7, reused: 3);
    }

    [Fact]
    public async Task Update_RandomCorpora_IsAsDoneAnew()
    {
        Gen<int[]> files = Gen.Int[0, 3].Array[5];
        int run = 0;
        await Gen.Select(files, files, Gen.Int[0, s_jobs.Count - 1].Select(i => s_jobs.Keys.ElementAt(i)), Gen.Int[0, 2].Select(i => _clusters.All.Keys.ElementAt(i))).SampleAsync(
            async (before, after, name, workers) =>
            {
                string root = $"random-{Interlocked.Increment(ref run)}";
                JobSpec spec = s_jobs[name] with { OutputDirectory = _directory[$"{root}-out"], Inputs = [_directory[root]], ModelPath = _directory["small.bytemill"] };
                if (WriteFiles(root, before) == 0)
                {
                    return;
                }

                await _clusters[workers].ResultsAsync(spec);
                if (WriteFiles(root, after) == 0)
                {
                    return;
                }

                // All files were written anew, and of one that was and from which columns are copied the text alone tells too little.
                bool isTextAll = spec.Sampling is null && (!spec.Layout.HasKeptColumns || spec.Keep is { Length: 0 });
                int same = before.Zip(after).Count(pair => pair.First == pair.Second && pair.First > 0);
                await UpdateAsync(spec with { DropMissing = true }, workers, reused: isTextAll ? same : null);
            },
            iter: 12,
            threads: 1);
    }

    // Files are known by their fingerprints; of one that was touched, the text is compared as well.
    [Fact]
    public async Task Update_TextThatChangedUnseen_IsMadeAnew()
    {
        UnseenChange.Write(_directory["in/a.txt"]);
        UnseenChange.Write(_directory["in/b.txt"]);
        JobSpec spec = s_jobs["plain"] with { OutputDirectory = _directory["out"], Inputs = [_directory["in"]], ModelPath = _directory["small.bytemill"] };
        await _clusters[2].ResultsAsync(spec);
        UnseenChange.Make(_directory["in/a.txt"]);
        File.SetLastWriteTimeUtc(_directory["in/a.txt"], new DateTime(2030, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        File.SetLastWriteTimeUtc(_directory["in/b.txt"], new DateTime(2030, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        await UpdateAsync(spec, workers: 2, reused: 1);
    }

    [Fact]
    public async Task Update_DamagedOrMissingFile_IsMadeAnew()
    {
        JobSpec spec = s_jobs["plain"] with { OutputDirectory = _directory["out"], Inputs = [_directory["in"]], ModelPath = _directory["small.bytemill"] };
        WriteFile("in/a", 1);
        WriteFile("in/b", 2);
        WriteFile("in/c", 3);
        await _clusters[2].ResultsAsync(spec);
        byte[] bytes = File.ReadAllBytes(_directory["out/a.parquet"]);
        bytes[bytes.Length / 2] ^= 1;
        File.WriteAllBytes(_directory["out/a.parquet"], bytes);
        File.Delete(_directory["out/c.parquet"]);
        await UpdateAsync(spec, workers: 2, reused: 1);
    }

    [Fact]
    public async Task Update_FailsWhilePublishing_KeepsWhatIsWholeAndTheNextGoesOn()
    {
        JobSpec spec = s_jobs["plain"] with { OutputDirectory = _directory["out"], Inputs = [_directory["in"]], ModelPath = _directory["small.bytemill"], Update = true };
        WriteFile("in/a", 1);
        WriteFile("in/b", 2);
        WriteFile("in/c", 3);
        await _clusters[2].ResultsAsync(spec);
        byte[] kept = File.ReadAllBytes(_directory["out/a.parquet"]);

        // What is to come there cannot.
        WriteFile("in/b", 4);
        WriteFile("in/d", 5);
        File.Delete(_directory["out/b.parquet"]);
        Directory.CreateDirectory(_directory["out/b.parquet/in the way"]);
        JobProtocol.JobFailed failed = Assert.IsType<JobProtocol.JobFailed>(await _clusters[2].RunAsync(spec, cancellation: TestContext.Current.CancellationToken));
        Assert.Contains("b.parquet", failed.Reason, StringComparison.Ordinal);
        Directory.Delete(_directory["out/b.parquet"], recursive: true);
        // That which came after the one that failed may have got there or not.
        Assert.Equal(["_ledger", "a.parquet", "c.parquet", "manifest.json"], TestDirectory.Snapshot(_directory["out"]).Keys.Where(name => name != "d.parquet"));
        Assert.Equal(kept, File.ReadAllBytes(_directory["out/a.parquet"]));

        Refused(spec with { Update = false }, "'tokenize --update'", "--overwrite");
        Refused(spec with { CompressionLevel = 9 }, "--zstd-level 3 (now 9)");
        File.Move(_directory["out/_ledger"], _directory["ledger"]);
        Refused(spec, "unfinished job", "--overwrite");
        File.Move(_directory["ledger"], _directory["out/_ledger"]);
        int whole = Directory.GetFiles(_directory["out"], "*.parquet").Length;
        await UpdateAsync(spec, workers: 2, reused: whole);
        Assert.Equal(kept, File.ReadAllBytes(_directory["out/a.parquet"]));
    }

    [Fact]
    public async Task Update_WhatCannotBeAddedTo_IsRefusedAndLeftAsItIs()
    {
        JobSpec spec = s_jobs["plain"] with { OutputDirectory = _directory["out"], Inputs = [_directory["in"]], ModelPath = _directory["small.bytemill"], Update = true };
        WriteFile("in/a", 1);
        WriteFile("in/b", 2);
        await _clusters[2].ResultsAsync(spec);
        SortedDictionary<string, byte[]> before = TestDirectory.Snapshot(_directory["out"]);

        Refused(spec with { Update = false }, "--update", "--overwrite");
        Refused(spec with { CompressionLevel = 9, Keep = ["id"] }, "--zstd-level 3 (now 9)", "--keep all (now 'id')");
        Refused(spec with { Layout = new OutputLayout { Shuffle = 3 } }, "--shuffle", "anew");
        Refused(spec with { Limit = 3 }, "--limit", "anew");
        using (FileStream model = File.Create(_directory["other.bytemill"]))
        {
            ModelFile.Write(TestModels.Small(isolateDigits: true), model);
        }

        Refused(spec with { ModelPath = _directory["other.bytemill"] }, "the model ");
        Refused(spec with { Inputs = [_directory["in/b.parquet"]] }, _directory["in/a.parquet"], "--drop-missing");
        File.WriteAllText(_directory["out/_ledger"], "no");
        Refused(spec, "_ledger", "damaged");
        Assert.Contains("_ledger", Assert.Single(OutputVerifier.Verify(_directory["out"], new VerifyOptions(), TestContext.Current.CancellationToken).Faults), StringComparison.Ordinal);
        File.Delete(_directory["out/_ledger"]);
        Refused(spec, "_ledger", "--overwrite");
        before.Remove("_ledger");
        Assert.Equal(before, TestDirectory.Snapshot(_directory["out"]));

        JobSpec run = spec with { Mode = JobMode.Run, ModelPath = null, OutputDirectory = _directory["run"], Update = false, Training = new() { MaxVocabSizes = [300] } };
        await _clusters[2].ResultsAsync(run);
        Refused(spec with { OutputDirectory = _directory["run"] }, "results of 'run'");
    }

    [Theory]
    [InlineData("Accepted job")]
    [InlineData("Planned job")]
    [InlineData("Finished TokenizeFiles")]
    public async Task Update_Killed_LeavesTheOldResultsAndResumes(string point)
    {
        string[] command = ["tokenize", "--model", _directory["small.bytemill"], "--input", _directory["in"], "--output", _directory["out"], "--workers", "2"];
        WriteFile("in/m/a", 1);
        WriteFile("in/m/b", 2);
        await SucceedsAsync(command);
        SortedDictionary<string, byte[]> before = TestDirectory.Snapshot(_directory["out"]);
        WriteFile("in/m/b", 3);
        WriteFile("in/l", 4);
        bool isOver;
        await using (BytemillProcess update = BytemillProcess.Start([.. command, "--update", "--verbose"]))
        {
            await update.ErrorLineAsync(point, update.Kill);
            isOver = await update.ExitCodeAsync() == 0;
        }

        // Late in so small a job it may be done, or be about to publish, before it is killed.
        bool isPublished = !File.ReadAllBytes(_directory["out/manifest.json"]).AsSpan().SequenceEqual(before["manifest.json"]);
        if (!isPublished)
        {
            Assert.Empty(OutputVerifier.Verify(_directory["out"], new VerifyOptions(), TestContext.Current.CancellationToken).Faults);
            Assert.All(before, file => Assert.True(file.Value.AsSpan().SequenceEqual(File.ReadAllBytes(_directory[$"out/{file.Key}"])), file.Key));
            (int refused, _, string[] errors) = await BytemillProcess.RunAsync([.. command, "--update"]);
            Assert.Equal(2, refused);
            Assert.Contains("--resume", Assert.Single(errors, error => error.Length > 0), StringComparison.Ordinal);
        }

        if (!isOver)
        {
            await SucceedsAsync([.. command, "--update", "--resume"]);
        }

        await SucceedsAsync([.. command.Select(part => part == _directory["out"] ? _directory["fresh"] : part)]);
        AssertSame("fresh", "out");
    }

    [Fact]
    public async Task Update_FromTheCommandLine_SaysWhatItKept()
    {
        string[] command = ["tokenize", "--model", _directory["small.bytemill"], "--input", _directory["in"], "--output", _directory["out"]];
        WriteFile("in/a", 1);
        await SucceedsAsync([.. command, "--update"]);
        WriteFile("in/b", 2);
        Assert.Contains(await SucceedsAsync([.. command, "--update"]), line => line.StartsWith("unchanged", StringComparison.Ordinal) && line.Contains("1 of 2 inputs", StringComparison.Ordinal));
        (int exitCode, _, string[] errors) = await BytemillProcess.RunAsync([.. command, "--drop-missing", "--overwrite"]);
        Assert.Equal(2, exitCode);
        Assert.Contains("--update", Assert.Single(errors, error => error.Length > 0), StringComparison.Ordinal);
    }

    private static async Task<string[]> SucceedsAsync(string[] command)
    {
        (int exitCode, string[] output, string[] errors) = await BytemillProcess.RunAsync(command);
        Assert.True(exitCode == 0, string.Join('\n', errors));
        return output;
    }

    private static JobSpec Job(OutputLayout layout) => new() { Mode = JobMode.Tokenize, Inputs = [], OutputDirectory = "", Layout = layout };

    private static ManifestPhase PhaseOf(JobSpec spec) => ResultManifest.Read(spec.OutputDirectory).Phases.Single(phase => phase.Name == "tokenize");

    private static void Refused(JobSpec spec, params string[] named)
    {
        JobInputException error = Assert.Throws<JobInputException>(() => JobPreflight.Check(spec, cancellation: TestContext.Current.CancellationToken));
        Assert.All(named, part => Assert.Contains(part, error.Message, StringComparison.Ordinal));
    }

    // By the number of its content, 0 for no file; the number of files.
    private int WriteFiles(string root, int[] contents)
    {
        for (int file = 0; file < contents.Length; file++)
        {
            string name = $"{root}/{(file < 2 ? "x/" : "")}part-{file}";
            Directory.CreateDirectory(Path.GetDirectoryName(_directory[name])!);
            File.Delete(_directory[name + ".parquet"]);
            if (contents[file] > 0)
            {
                WriteFile(name, contents[file]);
            }
        }

        return contents.Count(content => content > 0);
    }

    private void WriteFile(string name, int content)
    {
        string path = _directory[name + ".parquet"];
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        TestCorpus.WriteFile(
            path,
            [.. Enumerable.Range(0, 20 + content).Select(row => ($"{name} {row}", row % 4 == 0 ? null : $"l{row % 4}", row % 7 == 6 ? null : $"the text {content} of row {row}, {row * content}"))],
            rowsPerGroup: 6);
    }

    private async Task UpdateAsync(JobSpec spec, int workers, int? reused)
    {
        await _clusters[workers].ResultsAsync(spec with { Update = true });
        string fresh = spec.OutputDirectory + "-fresh";
        await _clusters[2].ResultsAsync(spec with { OutputDirectory = fresh, DropMissing = false, Overwrite = true });
        AssertSame(fresh, spec.OutputDirectory);
        if (reused is { } count)
        {
            Assert.Equal(count == 0 ? null : count * (spec.Sampling?.Epochs ?? 1), PhaseOf(spec).Reused);
        }
    }

    private void AssertSame(string expected, string actual)
    {
        (expected, actual) = (Path.Combine(_directory.Path, expected), Path.Combine(_directory.Path, actual));
        SortedDictionary<string, byte[]> fresh = TestDirectory.Snapshot(expected);
        SortedDictionary<string, byte[]> updated = TestDirectory.Snapshot(actual);
        Assert.Equal(fresh.Keys, updated.Keys);
        Assert.Equal(WithoutTimes(fresh), WithoutTimes(updated));
        Assert.All(fresh.Where(file => file.Key != ResultManifest.FileName), file => Assert.True(file.Value.AsSpan().SequenceEqual(updated[file.Key]), file.Key));
    }

    private static string WithoutTimes(SortedDictionary<string, byte[]> files)
    {
        JsonObject manifest = JsonNode.Parse(files[ResultManifest.FileName])!.AsObject();
        Assert.True(manifest.Remove("phases"));
        return manifest.ToJsonString();
    }
}
