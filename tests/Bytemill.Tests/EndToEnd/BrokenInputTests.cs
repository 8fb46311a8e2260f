using System.Text;
using Bytemill.Corpus;
using Bytemill.Pipeline;
using Bytemill.Tokenization;
using Bytemill.Training;
using CsCheck;
using static Bytemill.Tests.DuckDb;
using static Bytemill.Tests.RawFiles;

namespace Bytemill.Tests;

/// <summary>Broken input ends a job that names it, or is left out and listed: then the results are those of a corpus without it.</summary>
[Collection(EndToEndTests.Name)]
public sealed class BrokenInputTests : IAsyncLifetime
{
    private const int GroupRows = 12;

    private static readonly byte[] s_invalid = [0xC3, 0x28, 0xF0, 0x9F];

    private readonly TestDirectory _directory = new();
    private readonly RawRow[] _rows =
    [
        .. from i in Enumerable.Range(0, 144)
           let documents = GoldenCases.Load("unnormalised").Documents
           select new RawRow($"doc {i:D4}", i % 3 == 0 ? null : $"l{i % 5}", i % 17 == 16 ? null : Encoding.UTF8.GetBytes($"{documents[i % documents.Count].ReplaceLineEndings(" ")} {i}")),
    ];

    private EmbeddedCluster _cluster = null!;

    public static TheoryData<string> DamagedFiles =>
        ["truncated", "last byte", "empty", "no parquet", "magic", "footer length", "footer", "wrong type", "no column", "gzip", "json without text"];

    public async ValueTask InitializeAsync() => _cluster = await EmbeddedCluster.StartAsync(workers: 2);

    public async ValueTask DisposeAsync()
    {
        await _cluster.DisposeAsync();
        _directory.Dispose();
    }

    [Theory]
    [MemberData(nameof(DamagedFiles))]
    public void Check_DamagedFile_IsNamedBeforeAnythingIsDone(string damage)
    {
        Parquet("all/a.parquet", _rows[..48]);
        string broken = Break(damage, "all/b");
        CorpusException error = Assert.Throws<CorpusException>(() => JobPreflight.Check(Spec("all", "out"), cancellation: TestContext.Current.CancellationToken));
        Assert.StartsWith(broken + ": ", error.Message, StringComparison.Ordinal);
        Assert.Equal(CorpusFault.Content, error.Fault);
        LeftOutFile left = Assert.Single(JobPreflight.Check(Skipping(Spec("all", "out")), cancellation: TestContext.Current.CancellationToken).LeftOut);
        Assert.Equal(new LeftOutFile(broken, new FileInfo(broken).Length, error.Message), left);
    }

    [Fact]
    public async Task Run_DamagedFiles_AreLeftOut()
    {
        Parquet("good/a.parquet", _rows[..48]);
        Parquet("good/z.parquet", _rows[96..]);
        Parquet("all/a.parquet", _rows[..48]);
        Parquet("all/z.parquet", _rows[96..]);
        string[] broken = [.. DamagedFiles.Select((damage, i) => Break(damage.Data, $"all/b{i:D2}"))];
        JobSpec spec = Spec("all", "out");
        await AssertFailsAsync(spec, broken[0]);

        await AssertSameAsync(Spec("good", "expected"), Skipping(spec));
        ResultManifest manifest = ResultManifest.Read(spec.OutputDirectory);
        Assert.Equal(broken.Select(path => (path, new FileInfo(path).Length)), manifest.LeftOut!.Value.Select(left => (left.Path, left.Bytes)));
        Assert.All(manifest.LeftOut!.Value, left => Assert.Equal((null, null, null, true), (left.RowGroup, left.Rows, left.RowNumbers, left.Why.Length > 0)));
        Assert.Equal(2, manifest.Inputs.Length);
        Assert.Equal(new ManifestBrokenInput("skip", "skip-row"), manifest.BrokenInput);
    }

    [Fact]
    public async Task Run_NothingIsLeft_SaysSo()
    {
        Parquet("all/b.parquet", _rows);
        File.WriteAllText(_directory["all/b.parquet"], "no");
        await AssertFailsAsync(Skipping(Spec("all", "out")), "all 1 input files are at fault");

        Parquet("groups/b.parquet", _rows[..GroupRows]);
        DamagePage(_directory["groups/b.parquet"], 0, column: 2);
        await AssertFailsAsync(Skipping(Spec("groups", "out")), "left out");
    }

    [Theory]
    [InlineData(2, "text", JobMode.Run)]
    [InlineData(1, "lang", JobMode.Run)]
    [InlineData(2, "text", JobMode.Train)]
    [InlineData(0, "id", JobMode.Tokenize)]
    public async Task Job_DamagedPage_IsNamedOrItsRowGroupLeftOut(int column, string name, JobMode mode)
    {
        string broken = Parquet("all/a.parquet", _rows);
        Parquet("all/b.parquet", _rows[..20]);
        DamagePage(broken, rowGroup: 3, column);
        Parquet("good/a.parquet", [.. _rows[..(3 * GroupRows)], .. _rows[(4 * GroupRows)..]]);
        Parquet("good/b.parquet", _rows[..20]);
        JobSpec spec = await SpecAsync(mode, "all", "out");
        await AssertFailsAsync(spec, $"{broken}: row group 3, column '{name}'");

        await AssertSameAsync(await SpecAsync(mode, "good", "expected"), Skipping(spec));
        ResultManifest manifest = ResultManifest.Read(spec.OutputDirectory);
        ManifestLeftOut left = Assert.Single(manifest.LeftOut!.Value);
        Assert.Equal((broken, 3, 3 * GroupRows, GroupRows, null), (left.Path, left.RowGroup, left.FirstRow, left.Rows, left.RowNumbers));
        Assert.Contains($"column '{name}'", left.Why, StringComparison.Ordinal);
        Assert.Equal((_rows.Length + 20 - GroupRows, (long?)GroupRows), (manifest.Statistics.Rows, manifest.Statistics.LeftOutRows));
    }

    [Fact]
    public async Task Run_AnotherLayout_LeavesOutTheSame()
    {
        string broken = Parquet("all/a.parquet", _rows);
        DamagePage(broken, rowGroup: 2, column: 0);
        DamagePage(broken, rowGroup: 7, column: 2);
        Parquet("good/a.parquet", [.. _rows.Where((_, i) => i / GroupRows is not (2 or 7))]);
        JobSpec spec = Spec("all", "out") with { Layout = new OutputLayout { RowGroupRows = 31 } };
        await AssertFailsAsync(spec, $"{broken}: row group ");
        await AssertSameAsync(Spec("good", "expected") with { Layout = spec.Layout }, Skipping(spec));
        Assert.Equal([2, 7], ResultManifest.Read(spec.OutputDirectory).LeftOut!.Value.Select(left => left.RowGroup));
    }

    [Fact]
    public async Task Train_DamagedColumnThatIsNotRead_IsOfNoConcern()
    {
        DamagePage(Parquet("all/a.parquet", _rows), rowGroup: 3, column: 1);
        JobSpec spec = Spec("all", "out") with { Mode = JobMode.Train };
        await AssertSameAsync(spec, Skipping(spec) with { OutputDirectory = _directory["skip"] });
        Assert.Empty(ResultManifest.Read(_directory["skip"]).LeftOut!.Value);
    }

    [Theory]
    [InlineData(".parquet")]
    [InlineData(".jsonl")]
    [InlineData(".txt.zst")]
    public async Task Run_InvalidUtf8_IsNamedReplacedLeftOutOrKept(string extension)
    {
        RawRow[] rows = [.. _rows.Where(row => row.Text is not null).Select((row, i) => IsInvalid(i) ? row with { Text = [.. row.Text!, .. s_invalid, .. row.Text!] } : row).Select(row => new RawRow(row.Id, row.Language, row.Text))];
        RawRow[] replaced = [.. rows.Select(row => new RawRow(row.Id, row.Language, Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(row.Text!))))];
        RawRow[] valid = [.. rows.Where((_, i) => !IsInvalid(i))];
        string broken = Write("all/a" + extension, rows);
        Write("replaced/a" + extension, replaced);
        Write("valid/a" + extension, valid);
        JobSpec spec = Spec("all", "out") with { Keep = extension.StartsWith(".txt", StringComparison.Ordinal) ? [] : ["id"], PartitionBytes = 1 };
        int invalid = rows.Length - valid.Length;

        await AssertFailsAsync(spec, extension == ".parquet" ? $"{broken}: row group 0, column 'text', row 5 " : $"{broken}: line 6: the text is no UTF-8 at byte ");

        await AssertSameAsync(
            spec with { Inputs = [_directory["replaced/*"]], OutputDirectory = _directory["expected"] }, spec with { InvalidUtf8 = InvalidUtf8Handling.Replace });
        ResultManifest manifest = ResultManifest.Read(spec.OutputDirectory);
        Assert.Equal((null, invalid, rows.Length), (manifest.LeftOut, manifest.Statistics.InvalidUtf8Rows, manifest.Statistics.Rows));

        JobSpec skipping = spec with { InvalidUtf8 = InvalidUtf8Handling.SkipRow, OutputDirectory = _directory["skip"] };
        await AssertSameAsync(spec with { Inputs = [_directory["valid/*"]], OutputDirectory = _directory["expected2"] }, skipping);
        manifest = ResultManifest.Read(skipping.OutputDirectory);
        Assert.Equal(invalid, manifest.LeftOut!.Value.Sum(entry => entry.Rows));
        Assert.Equal(invalid, manifest.Statistics.LeftOutRows);
        Assert.Equal(
            Enumerable.Range(0, rows.Length).Where(IsInvalid).Select(row => (long)row),
            manifest.LeftOut!.Value.SelectMany(RowsOfFile));
        Assert.Equal(rows.Where((_, i) => IsInvalid(i)).Sum(row => row.Text!.Length), manifest.LeftOut!.Value.Sum(entry => entry.Bytes));

        JobSpec keeping = spec with { InvalidUtf8 = InvalidUtf8Handling.Keep, OutputDirectory = _directory["keep"] };
        SortedDictionary<string, byte[]> found = await _cluster.ResultsAsync(keeping);
        AssertVerified(keeping.OutputDirectory);
        TokenizerModel model = Trainer.Train(rows.Select(row => (ReadOnlyMemory<byte>)row.Text), spec.Training, ct: TestContext.Current.CancellationToken)[0].Model;
        using var file = new MemoryStream();
        ModelFile.Write(model, file);
        AssertSame(file.ToArray(), found["model.bytemill"]);
        var tokenizer = new Tokenizer(model);
        Assert.Equal(
            rows.Select(row => $"[{string.Join(", ", tokenizer.Encode(row.Text!))}]"),
            Query($"SELECT input_ids::VARCHAR FROM '{_directory["keep/a.parquet"]}'"));

        static bool IsInvalid(int row) => row % 29 == 5 || row is 35 or 36;
    }

    [Fact]
    public async Task Run_BadLines_AreLeftOut()
    {
        RawRow[] rows = [.. _rows.Select((row, i) => i % 31 == 0 ? row with { Line = [.. """{"id":"x","text":"""u8] } : i % 31 == 7 ? row with { Line = [.. """{"id":"x","text":[1]}"""u8] } : row)];
        string broken = Write("all/a.jsonl", rows);
        Write("good/a.jsonl", [.. rows.Where((_, i) => i % 31 is not (0 or 7))]);
        JobSpec spec = Spec("all", "out") with { Keep = ["id"] };
        await AssertFailsAsync(spec, $"{broken}: line 1: no JSON at byte ");
        await AssertSameAsync(Spec("good", "expected") with { Keep = ["id"] }, Skipping(spec));
        ManifestLeftOut left = Assert.Single(ResultManifest.Read(spec.OutputDirectory).LeftOut!.Value);
        Assert.Equal(("0,7,31,38,62,69,93,100,124,131", 10L), (left.RowNumbers, left.Rows));
    }

    [Fact]
    public async Task Run_OddButSoundFiles_LoseNothing()
    {
        Parquet("all/a.parquet", _rows[..30]);
        Parquet("all/no-rows.parquet", []);
        RawFiles.Write(_directory["all/empty-group.parquet"], [[]]);
        Parquet("all/nulls.parquet", [.. _rows[..30].Select(row => row with { Text = null })]);
        RawFiles.Write(_directory["all/empty-strings.parquet"], [[.. Enumerable.Range(0, 200_000).Select(i => new RawRow("", null, []))]]);
        JobSpec spec = Spec("all", "out");
        await AssertSameAsync(spec, Skipping(spec) with { OutputDirectory = _directory["skip"] });
        ResultManifest manifest = ResultManifest.Read(_directory["skip"]);
        Assert.Empty(manifest.LeftOut!.Value);
        Assert.Equal((200_060, null), (manifest.Statistics.Rows, manifest.Statistics.LeftOutRows));
    }

    [Fact]
    public async Task Train_OneDocumentOf64Megabytes_IsReadWhole()
    {
        byte[] line = Encoding.UTF8.GetBytes(string.Join(' ', Enumerable.Range(0, 1 << 14).Select(i => $"word{i * 7919 % 2_003}")) + " ");
        byte[] document = [.. Enumerable.Repeat(line, (64 << 20) / line.Length).SelectMany(part => part)];
        RawFiles.Write(_directory["all/large.parquet"], [[new RawRow("large", null, [.. document, .. new byte[(64 << 20) - document.Length]])]]);
        JobSpec spec = Skipping(Spec("all", "out") with { Mode = JobMode.Train, Training = new TrainerOptions { MaxVocabSizes = [400], Order = 3 } });
        await _cluster.ResultsAsync(spec);
        ResultManifest manifest = ResultManifest.Read(spec.OutputDirectory);
        Assert.Empty(manifest.LeftOut!.Value);
        Assert.Equal((1, 64L << 20), (manifest.Statistics.Rows, manifest.Statistics.TextBytes));
    }

    [Fact]
    public async Task Run_WorkersPartitionsAndMemory_LeaveOutTheSame()
    {
        RawRow[] rows = [.. _rows.Select((row, i) => i % 13 == 5 ? new RawRow(row.Id, row.Language, s_invalid) : row)];
        DamagePage(Parquet("all/a.parquet", rows), rowGroup: 2, column: 2);
        DamagePage(Parquet("all/b.parquet", rows[20..100]), rowGroup: 0, column: 1);
        Write("all/c.jsonl", rows[..50]);
        Break("truncated", "all/d");
        SortedDictionary<string, byte[]>? first = null;
        ManifestLeftOut[]? leftOut = null;
        foreach (int workers in (int[])[1, 2, 7])
        {
            await using EmbeddedCluster cluster = await EmbeddedCluster.StartAsync(workers, memoryBytes: 1 << (17 + workers));
            JobSpec spec = Skipping(Spec("all", $"out{workers}")) with { PartitionBytes = 2_000 * workers * workers, Keep = ["id", "lang"], NGramShards = workers };
            SortedDictionary<string, byte[]> results = await cluster.ResultsAsync(spec);
            ManifestLeftOut[] left = [.. ResultManifest.Read(spec.OutputDirectory).LeftOut!.Value];
            (first, leftOut) = (first ?? results, leftOut ?? left);
            AssertSame(first, results);
            Assert.Equal(leftOut, left);
        }

        Assert.Equal(4, leftOut!.Select(entry => entry.Path).Distinct().Count());
    }

    // What is listed ends with the limit, and whoever looks for the limit again reads further.
    [Fact]
    public async Task Run_LimitBeforeARowThatIsLeftOut_CanBeVerified()
    {
        foreach (string extension in (string[])[".jsonl", ".parquet"])
        {
            RawRow[] rows = [.. _rows[..30].Select((row, i) => i is 4 or 9 ? new RawRow(row.Id, null, s_invalid) : new RawRow(row.Id, null, row.Text ?? []))];
            Write($"all{extension}/a{extension}", rows);
            JobSpec spec = Skipping(Spec("all" + extension, "out" + extension)) with { Limit = 6, Keep = [] };
            await _cluster.ResultsAsync(spec);
            Assert.Equal("4", Assert.Single(ResultManifest.Read(spec.OutputDirectory).LeftOut!.Value).RowNumbers);
            AssertVerified(spec.OutputDirectory);
        }
    }

    // What every job must hold to, whatever is broken where: the rows that are left give the model and the ids that they give alone.
    [Fact]
    public async Task Run_AnyDamage_IsTheSameAsACorpusWithoutIt()
    {
        string[] extensions = [".parquet", ".parquet", ".jsonl", ".txt.gz"];
        var file = Gen.Select(Gen.Int[0, 3].Select(kind => extensions[kind]), Gen.Int[0, 9].Array[1, 40], Gen.Int[0, 3].Array[4]);
        int round = 0;
        await Gen.Select(file.Array[1, 4], Gen.Int[0, 60], Gen.Int[1, 5_000]).SampleAsync(
            async (files, limit, partitionBytes) =>
            {
                string name = $"round{round++}";
                List<string> kept = [];
                for (int i = 0; i < files.Length; i++)
                {
                    kept.AddRange(WriteBroken(name, i, files[i].Item1, files[i].Item2, files[i].Item3));
                }

                if (kept.Count == 0)
                {
                    return;
                }

                long? take = limit == 0 ? null : limit;
                JobSpec spec = Skipping(Spec(name + "/all", name + "/out")) with { Limit = take, PartitionBytes = partitionBytes, Keep = [] };
                await AssertSameAsync(Spec(name + "/good", name + "/expected") with { Limit = take, Keep = [] }, spec);
                Assert.Equal(Math.Min(take ?? long.MaxValue, kept.Count), ResultManifest.Read(spec.OutputDirectory).Statistics.Rows);
            },
            iter: 8,
            threads: 1);
    }

    // Writes a file as it is and without what is broken; returns the ids that are left.
    private List<string> WriteBroken(string round, int number, string extension, int[] faults, int[] damagedGroups)
    {
        // The first row is sound, so that a file of lines shows what it is.
        RawRow[] rows = [.. faults.Select((fault, i) => _rows[(i * 7) % _rows.Length] is var row && fault == 1 && i > 0 ? new RawRow($"{number} {i}", null, s_invalid) : new RawRow($"{number} {i}", null, row.Text ?? []))];
        bool isParquet = extension == ".parquet";
        RawRow[][] groups = isParquet ? [.. rows.Chunk(GroupRows)] : [rows];
        bool[] isDamaged = [.. groups.Select((_, group) => isParquet && damagedGroups[group % damagedGroups.Length] == 1)];
        string path = $"{round}/all/{number}{extension}";
        Write(path, rows);
        for (int group = 0; group < groups.Length; group++)
        {
            if (isDamaged[group])
            {
                DamagePage(_directory[path], group, column: 2);
            }
        }

        RawRow[] left = [.. groups.Where((_, group) => !isDamaged[group]).SelectMany(group => group).Where(row => !row.Text.AsSpan().SequenceEqual(s_invalid))];
        Write($"{round}/good/{number}{extension}", left);
        return [.. left.Select(row => row.Id)];
    }

    private string Break(string damage, string name)
    {
        string path = Parquet(name + ".parquet", _rows[48..96]);
        byte[] bytes = File.ReadAllBytes(path);
        switch (damage)
        {
            case "truncated":
                bytes = bytes[..(bytes.Length * 6 / 10)];
                break;
            case "last byte":
                bytes = bytes[..^1];
                break;
            case "empty":
                bytes = [];
                break;
            case "no parquet":
                bytes = "id,text\n1,no Parquet\n"u8.ToArray();
                break;
            case "magic":
                bytes[3] = bytes[^1] = (byte)'X';
                break;
            case "footer length":
                bytes[^5] = 0x7F;
                break;
            case "footer":
                bytes.AsSpan()[^40..^8].Fill(0xFF);
                break;
            case "wrong type":
                using (ParquetSharp.ParquetFileWriter writer = new(path, [new ParquetSharp.Column<long>("text")]))
                {
                    writer.Close();
                }

                return path;
            case "no column":
                using (ParquetSharp.ParquetFileWriter writer = new(path, [new ParquetSharp.Column<string>("content")]))
                {
                    writer.Close();
                }

                return path;
            case "gzip":
                File.Delete(path);
                path = Write(name + ".jsonl.gz", _rows[48..96]);
                bytes = File.ReadAllBytes(path)[..12];
                break;
            case "json without text":
                File.Delete(path);
                return LineFiles.Write(_directory[name + ".jsonl"], "{\"content\":\"x\"}\n");
            default:
                throw new ArgumentOutOfRangeException(nameof(damage), damage, "Unknown damage.");
        }

        File.WriteAllBytes(path, bytes);
        return path;
    }

    private string Parquet(string name, RawRow[] rows) => Write(name, rows);

    private string Write(string name, RawRow[] rows)
    {
        string path = _directory[name];
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        return name.EndsWith(".parquet", StringComparison.Ordinal) ? RawFiles.Write(path, rows.Chunk(GroupRows))
            : name.Contains(".jsonl", StringComparison.Ordinal) ? WriteJson(path, rows)
            : LineFiles.Write(path, [.. rows.SelectMany(row => (byte[])[.. row.Text ?? [], (byte)'\n'])]);
    }

    private JobSpec Spec(string input, string output) => new()
    {
        Inputs = [_directory[input + "/*"]],
        OutputDirectory = _directory[output],
        PartitionBytes = 3_000,
        Training = new TrainerOptions { MaxVocabSizes = [400] },
    };

    private async Task<JobSpec> SpecAsync(JobMode mode, string input, string output)
    {
        JobSpec spec = Spec(input, output) with { Mode = mode };
        if (mode != JobMode.Tokenize)
        {
            return spec;
        }

        string model = _directory["model/model.bytemill"];
        if (!File.Exists(model))
        {
            Parquet("other/a.parquet", _rows[..40]);
            await _cluster.ResultsAsync(Spec("other", "model") with { Mode = JobMode.Train });
        }

        return spec with { ModelPath = model };
    }

    private static JobSpec Skipping(JobSpec spec) => spec with { OnError = InputErrorHandling.Skip, InvalidUtf8 = InvalidUtf8Handling.SkipRow };

    // The same model, and the same rows of the same files; these name their inputs, which are not the same.
    private async Task AssertSameAsync(JobSpec expected, JobSpec found)
    {
        SortedDictionary<string, byte[]> left = await _cluster.ResultsAsync(expected);
        SortedDictionary<string, byte[]> right = await _cluster.ResultsAsync(found);
        Assert.Equal(left.Keys, right.Keys);
        foreach (string name in left.Keys)
        {
            if (name.EndsWith(".parquet", StringComparison.Ordinal))
            {
                Assert.Equal(Rows(Path.Combine(expected.OutputDirectory, name)), Rows(Path.Combine(found.OutputDirectory, name)));
            }
            else
            {
                AssertSame(left[name], right[name]);
            }
        }

        AssertVerified(found.OutputDirectory);

        static string[] Rows(string path) => Query($"SELECT row::VARCHAR FROM '{path}' row");
    }

    // Every row there is, against the input without what is left out.
    private static void AssertVerified(string output)
    {
        VerifyReport report = OutputVerifier.Verify(output, new VerifyOptions { RowsPerFile = long.MaxValue }, TestContext.Current.CancellationToken);
        Assert.Empty(report.Faults);
        Assert.Empty(report.Notes);
        Assert.Equal(report.Rows, report.ComparedRows);
    }

    private async Task AssertFailsAsync(JobSpec spec, string reason)
    {
        var phases = new HashSet<Phase>();
        IWireMessage end = await _cluster.RunAsync(spec, progress => phases.Add(progress.Phase), TestContext.Current.CancellationToken);
        JobProtocol.JobFailed failed = Assert.IsType<JobProtocol.JobFailed>(end);
        Assert.True(failed.IsInputError, failed.Reason);
        Assert.Contains(reason, failed.Reason, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(spec.OutputDirectory, ResultManifest.FileName)));

        // Nothing after the first reading of the text was begun.
        Assert.DoesNotContain(phases, phase => phase is not (Phase.Plan or Phase.Check) && phase != (spec.Mode == JobMode.Tokenize ? Phase.Tokenize : Phase.Count));
    }

    private static IEnumerable<long> RowsOfFile(ManifestLeftOut entry) =>
        entry.RowNumbers!.Split(',').Select(RowRange.Parse).SelectMany(range => Enumerable.Range(0, (int)range.Count).Select(row => entry.FirstRow!.Value + range.First + row));

    private static void AssertSame(SortedDictionary<string, byte[]> expected, SortedDictionary<string, byte[]> actual)
    {
        Assert.Equal(expected.Keys, actual.Keys);
        Assert.All(expected, file => Assert.True(file.Value.AsSpan().SequenceEqual(actual[file.Key]), file.Key));
    }

    private static void AssertSame(byte[] expected, byte[] actual) => Assert.True(expected.AsSpan().SequenceEqual(actual));
}
