using System.Globalization;
using System.Text.Json;
using Bytemill.Corpus;
using Bytemill.Pipeline;
using Bytemill.Tokenization;

namespace Bytemill.Tests;

/// <summary>Whole jobs in every layout: the same bytes however many workers, and what the rows hold.</summary>
[Collection(EndToEndTests.Name)]
public sealed class LaidOutOutputTests : IClassFixture<ClustersOfWorkers>, IDisposable
{
    private const int Files = 3;

    private readonly TestDirectory _directory = new();
    private readonly List<string?> _documents = [];
    private readonly ClustersOfWorkers _clusters;
    private readonly Tokenizer _tokenizer;

    public static TheoryData<string> Layouts => [.. s_layouts.Keys];

    private static readonly Dictionary<string, OutputLayout> s_layouts = new()
    {
        ["row groups"] = new() { RowGroupRows = 7, IdType = IdType.UInt16 },
        ["files"] = new() { FileBytes = 3_000, RowGroupBytes = 2_000, IdType = IdType.Narrowest },
        ["special"] = new() { DocumentTokens = DocumentTokens.Bos | DocumentTokens.Eos },
        ["megatron"] = new() { Format = OutputFormat.Megatron },
        ["megatron in parts"] = new() { Format = OutputFormat.Megatron, FileBytes = 2_000, IdType = IdType.Int32, DocumentTokens = DocumentTokens.None },
        ["npy"] = new() { Format = OutputFormat.Npy },
        ["packed"] = new() { Pack = 64 },
        ["packed npy"] = new() { Pack = 32, Format = OutputFormat.Npy, DropsLast = true },
        ["packed megatron"] = new() { Pack = 32, Format = OutputFormat.Megatron, FileBytes = 3_000 },
        ["split"] = new() { Split = "train=0.7,valid=0.3", SplitSeed = 4 },
        ["shuffled"] = new() { Shuffle = 7, ShuffleSliceBytes = 2_000, IdType = IdType.UInt16 },
        ["shuffled split"] = new() { Shuffle = 8, Split = "train=0.7,valid=0.3", ShuffleSliceBytes = 4_000, FileBytes = 3_000 },
        ["shuffled packed megatron"] = new() { Shuffle = ulong.MaxValue, Pack = 32, Format = OutputFormat.Megatron, ShuffleSliceBytes = 3_000, DropsLast = true },
        ["split packed npy"] = new() { Split = "train=0.7,valid=0.3", Pack = 48, Format = OutputFormat.Npy },
    };

    public LaidOutOutputTests(ClustersOfWorkers clusters)
    {
        _clusters = clusters;
        _documents.AddRange(GoldenCases.Load("unnormalised").Documents);
        _documents.AddRange(["", null, "\n\n", "a\u0301", null, "the thing in the thing"]);
        TestCorpus.Write(_directory["in"], _documents, Files, rowsPerGroup: 5);
        using (FileStream model = File.Create(_directory["small.bytemill"]))
        {
            ModelFile.Write(TestModels.Small(), model);
        }

        _tokenizer = Tokenizer.Load(_directory["small.bytemill"]);
    }

    public void Dispose() => _directory.Dispose();

    [Theory]
    [MemberData(nameof(Layouts))]
    public async Task Tokenize_AnyLayout_IsTheSameForAnyWorkersAndVerified(string name)
    {
        SortedDictionary<string, byte[]>? first = null;
        foreach ((int workers, EmbeddedCluster cluster) in _clusters.All)
        {
            JobSpec spec = Spec($"out-{workers}", s_layouts[name]);
            SortedDictionary<string, byte[]> files = await cluster.ResultsAsync(spec);
            first ??= files;
            Assert.Equal(first.Keys, files.Keys);
            Assert.All(first, file => Assert.True(file.Value.AsSpan().SequenceEqual(files[file.Key]), $"{file.Key}, {workers} workers"));
            VerifyReport report = OutputVerifier.Verify(
                spec.OutputDirectory, new VerifyOptions { RowsPerFile = long.MaxValue }, TestContext.Current.CancellationToken);
            Assert.Empty(report.Faults);
            Assert.True(report.DecodedRows == report.Rows && report.Rows > 0);
            Assert.Equal(name is "row groups" or "special" ? report.Rows : 0, report.ComparedRows);
            ResultManifest manifest = ResultManifest.Read(spec.OutputDirectory);
            Assert.Equal(files.Keys.Order(StringComparer.Ordinal), manifest.Outputs.Select(output => output.Path).Order(StringComparer.Ordinal));
            Assert.Equal(_documents.Count, manifest.Statistics.Rows);
        }
    }

    [Fact]
    public async Task Tokenize_RowGroupsAndFiles_KeepRowsColumnsAndOrder()
    {
        await _clusters[2].ResultsAsync(Spec("out", new OutputLayout { RowGroupRows = 7, IdType = IdType.UInt16 }));
        for (int file = 0; file < Files; file++)
        {
            Assert.Equal(Expected(file), ReadRows(_directory[$"out/part-{file}.parquet"]));
            Assert.DoesNotContain(
                DuckDb.Query($"SELECT DISTINCT row_group_num_rows FROM parquet_metadata('{_directory[$"out/part-{file}.parquet"]}')"),
                rows => int.Parse(rows, CultureInfo.InvariantCulture) > 7);
        }

        SortedDictionary<string, byte[]> files = await _clusters[2].ResultsAsync(Spec("parts", new OutputLayout { FileBytes = 3_000 }));
        Assert.True(files.Count > Files);
        for (int file = 0; file < Files; file++)
        {
            string[] parts = [.. files.Keys.Where(name => name.StartsWith($"part-{file}-", StringComparison.Ordinal))];
            Assert.Equal(parts, Enumerable.Range(0, parts.Length).Select(part => $"part-{file}-{part:D5}.parquet"));
            Assert.Equal(Expected(file), parts.SelectMany(part => ReadRows(_directory[$"parts/{part}"])));
        }
    }

    [Fact]
    public async Task Tokenize_Megatron_HoldsTheDocumentsWithTokens()
    {
        SortedDictionary<string, byte[]> files = await _clusters[2].ResultsAsync(Spec("out", new OutputLayout { Format = OutputFormat.Megatron }));
        Assert.Equal(3 * Files, files.Count);
        for (int file = 0; file < Files; file++)
        {
            int[][] documents = [.. Texts(file).Select(text => text is null ? [] : _tokenizer.Encode(text)).Where(ids => ids.Length > 0).Select(ids => (int[])[.. ids, Vocabulary.EosId])];
            Assert.Equal(documents.SelectMany(ids => ids).SelectMany(id => BitConverter.GetBytes((ushort)id)), files[$"part-{file}.bin"]);
            byte[] index = files[$"part-{file}.idx"];
            Assert.Equal(documents.Length, BitConverter.ToInt64(index, 18));
            Assert.Equal(documents.Select(ids => ids.Length), Enumerable.Range(0, documents.Length).Select(i => BitConverter.ToInt32(index, 34 + (4 * i))));
            Dictionary<string, string> metadata = JsonSerializer.Deserialize<Dictionary<string, string>>(files[$"part-{file}.json"])!;
            Assert.Equal(_tokenizer.Model.Hash, metadata["bytemill.model.sha256"]);
        }
    }

    [Fact]
    public async Task Tokenize_Packed_JoinsTheDocumentsOfAFile()
    {
        await _clusters[2].ResultsAsync(Spec("out", new OutputLayout { Pack = 64 }));
        long padding = 0;
        for (int file = 0; file < Files; file++)
        {
            int[] all = [.. Texts(file).Select(text => text is null ? [] : _tokenizer.Encode(text)).Where(ids => ids.Length > 0).SelectMany(ids => (int[])[Vocabulary.BosId, .. ids, Vocabulary.EosId])];
            string[] expected = [.. all.Chunk(64).Select(part => $"[{string.Join(", ", part.Concat(Enumerable.Repeat(Vocabulary.PadId, 64 - part.Length)))}] {part.Length}")];
            string path = _directory[$"out/part-{file}.parquet"];
            Assert.Equal(expected, DuckDb.Query($"SELECT input_ids::VARCHAR || ' ' || n_tokens FROM '{path}'"));
            // Another document begins behind each <eos>, and with it the count of positions.
            Assert.Empty(DuckDb.Query(
                $"SELECT 1 FROM (SELECT unnest(input_ids) AS id, unnest(position_ids) AS place, unnest(document_ids) AS document FROM '{path}') WHERE (id = 1 AND place <> 0) OR (document = -1) <> (id = 0)"));
            padding += (64 - (all.Length % 64)) % 64;
        }

        ManifestLayout layout = ResultManifest.Read(_directory["out"]).Layout!;
        Assert.Equal((64, "pad", padding, 0L), (layout.Pack, layout.PackLast, layout.PaddingTokens, layout.DroppedTokens));
        Assert.Equal(_documents.Count(text => string.IsNullOrEmpty(text)), layout.EmptyRows);
    }

    [Fact]
    public async Task Tokenize_Split_EachRowIsInThePartOfItsPlace()
    {
        await _clusters[2].ResultsAsync(Spec("out", new OutputLayout { Split = "train=0.7,valid=0.3", SplitSeed = 4 }));
        SplitRule rule = SplitRule.Parse("train=0.7,valid=0.3", 4);
        for (int file = 0; file < Files; file++)
        {
            string fingerprint = TextSources.Inspect(_directory[$"in/part-{file}.parquet"], "text").Fingerprint;
            string[] rows = Expected(file);
            for (int part = 0; part < 2; part++)
            {
                string path = _directory[$"out/{rule.Names[part]}/part-{file}.parquet"];
                Assert.Equal(rows.Where((_, row) => rule.PartOf(fingerprint, row / 5, row % 5) == part), File.Exists(path) ? ReadRows(path) : []);
            }
        }

        Assert.Equal(["train", "valid"], ResultManifest.Read(_directory["out"]).Outputs.Select(output => output.Split).Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Tokenize_Shuffled_IsTheOrderOfTheKeysHoweverItIsCut()
    {
        // All rows sorted by their keys, as a single list.
        string[][] files = [.. Enumerable.Range(0, Files).Select(Expected)];
        string[] expected =
        [
            .. files.SelectMany((rows, file) => rows.Select((row, i) => (Key: ShuffleKey.Of(99, 0, file * SplitRule.MaxParts, i), Row: row)))
                .OrderBy(row => row.Key).Select(row => row.Row),
        ];
        Assert.NotEqual(files.SelectMany(rows => rows), expected);
        foreach (long sliceBytes in (long[])[1L << 40, 9_000, 2_000])
        {
            SortedDictionary<string, byte[]> found = await _clusters[7].ResultsAsync(
                Spec($"out-{sliceBytes}", new OutputLayout { Shuffle = 99, ShuffleSliceBytes = sliceBytes }));
            Assert.True(sliceBytes > 9_000 ? found.Count == 1 : found.Count > 1);
            Assert.Equal(found.Keys, Enumerable.Range(0, found.Count).Select(i => $"part-{i:D5}.parquet"));
            Assert.Equal(expected, found.Keys.SelectMany(name => ReadRows(_directory[$"out-{sliceBytes}/{name}"])));
        }
    }

    [Fact]
    public async Task Tokenize_ShuffledSequences_AreThoseOfTheFilesInAnotherOrder()
    {
        await _clusters[2].ResultsAsync(Spec("packed", new OutputLayout { Pack = 32 }));
        await _clusters[2].ResultsAsync(Spec("shuffled", new OutputLayout { Pack = 32, Shuffle = 1, ShuffleSliceBytes = 5_000 }));
        const string Columns = "input_ids::VARCHAR || position_ids::VARCHAR || document_ids::VARCHAR || n_tokens";
        string[] packed = DuckDb.Query($"SELECT {Columns} FROM read_parquet('{_directory["packed"]}/*.parquet')");
        string[] shuffled = DuckDb.Query($"SELECT {Columns} FROM read_parquet('{_directory["shuffled"]}/*.parquet')");
        Assert.NotEqual(packed, shuffled);
        Assert.Equal(packed.Order(StringComparer.Ordinal), shuffled.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Tokenize_ShuffledEpochs_HaveOrdersOfTheirOwn()
    {
        await _clusters[2].ResultsAsync(Spec("out", new OutputLayout { Shuffle = 1 }) with { Sampling = new JobSampling { Epochs = 2 } });
        string[] first = DuckDb.Query($"SELECT id FROM '{_directory["out/epoch=0/part-00000.parquet"]}'");
        string[] second = DuckDb.Query($"SELECT id FROM '{_directory["out/epoch=1/part-00000.parquet"]}'");
        Assert.NotEqual(first, second);
        Assert.Equal(first.Order(StringComparer.Ordinal), second.Order(StringComparer.Ordinal));
        Assert.Equal(_documents.Count, first.Length);
    }

    [Theory]
    [InlineData("Finished TokenizeFiles")]
    [InlineData("Finished ShuffleRows")]
    public async Task Tokenize_ShuffledAndKilled_ResumesToTheSameBytes(string point)
    {
        TestCorpus.Write(_directory["many"], [.. Enumerable.Range(0, 3_000).Select(i => $"{i} {string.Join(' ', Enumerable.Range(i, 60))}")], files: 5, rowsPerGroup: 100);
        string[] Command(string output) =>
        [
            "tokenize", "--model", _directory["small.bytemill"], "--input", _directory["many"], "--output", _directory[output],
            "--shuffle", "5", "--split", "train=0.9,valid=0.1", "--file-size", "20kB", "--workers", "2",
        ];
        (int exitCode, _, string[] errors) = await BytemillProcess.RunAsync(Command("whole"));
        Assert.True(exitCode == 0, string.Join('\n', errors));
        await using (BytemillProcess run = BytemillProcess.Start([.. Command("killed"), "--verbose"]))
        {
            await run.ErrorLineAsync(point, run.Kill);
            await run.ExitCodeAsync();
        }

        // At the last point it may be done before it dies; then there is nothing to go on with.
        if (Directory.Exists(Path.Combine(_directory["killed"], WorkDirectory.NameInOutput)))
        {
            (exitCode, _, errors) = await BytemillProcess.RunAsync([.. Command("killed"), "--resume"]);
            Assert.True(exitCode == 0, string.Join('\n', errors));
        }

        SortedDictionary<string, byte[]> expected = TestDirectory.Snapshot(_directory["whole"]);
        SortedDictionary<string, byte[]> found = TestDirectory.Snapshot(_directory["killed"]);
        Assert.Equal(expected.Keys, found.Keys);
        Assert.All(expected.Where(file => file.Key != ResultManifest.FileName), file => Assert.True(file.Value.AsSpan().SequenceEqual(found[file.Key]), file.Key));
    }

    [Fact]
    public async Task Tokenize_ShuffledColumnsThatDiffer_AreRefused()
    {
        Directory.CreateDirectory(_directory["lines"]);
        LineFiles.WriteJson(_directory["lines/a.jsonl"], [("1", "l1", "text")]);
        string[] command =
        [
            "tokenize", "--model", _directory["small.bytemill"], "--input", _directory["in"], "--input", _directory["lines"], "--output", _directory["out"], "--shuffle", "1",
        ];
        (int exitCode, _, string[] errors) = await BytemillProcess.RunAsync(command);
        Assert.Equal(2, exitCode);
        string line = Assert.Single(errors, error => error.Length > 0);
        Assert.All(["a.jsonl", "part-0.parquet", "id: string", "--keep"], named => Assert.Contains(named, line, StringComparison.Ordinal));
        (exitCode, _, errors) = await BytemillProcess.RunAsync([.. command, "--keep", ""]);
        Assert.True(exitCode == 0, string.Join('\n', errors));
    }

    [Fact]
    public async Task Tokenize_JsonLinesAndEpochs_AreLaidOutAlike()
    {
        (string Id, string? Language, string? Text)[] rows = [.. _documents.Select((text, i) => ($"doc {i}", i % 2 == 0 ? null : "l1", text))];
        Directory.CreateDirectory(_directory["lines/year=2024"]);
        LineFiles.WriteJson(_directory["lines/year=2024/a.jsonl"], rows);
        JobSpec spec = Spec("out", new OutputLayout { Split = "a=0.5,b=0.5", FileBytes = 2_000 }) with
        {
            Inputs = [_directory["lines"]],
            Keep = ["id", "year"],
            Sampling = new JobSampling { Epochs = 2 },
        };
        await _clusters[2].ResultsAsync(spec);
        Assert.Empty(OutputVerifier.Verify(spec.OutputDirectory, new VerifyOptions(), TestContext.Current.CancellationToken).Faults);
        string[] ids = [.. rows.Select(row => row.Id).Order(StringComparer.Ordinal)];
        for (int epoch = 0; epoch < 2; epoch++)
        {
            Assert.Equal(
                ids.Select(id => $"{id} 2024"),
                DuckDb.Query($"SELECT id, year FROM read_parquet('{_directory["out"]}/*/epoch={epoch}/**/*.parquet', hive_partitioning = false) ORDER BY id"));
        }

        // A row is in the same part in every epoch.
        Assert.Empty(DuckDb.Query($"SELECT id FROM read_parquet('{_directory["out"]}/a/**/*.parquet') INTERSECT SELECT id FROM read_parquet('{_directory["out"]}/b/**/*.parquet')"));
    }

    [Theory]
    [InlineData("--output-format", "tfrecord", "parquet, megatron or npy")]
    [InlineData("--output-format megatron --id-type", "uint32", "uint32")]
    [InlineData("--output-format npy --keep", "id", "--keep")]
    [InlineData("--pack", "1", "2..")]
    [InlineData("--pack 64 --pack-last", "keep", "pad or drop")]
    [InlineData("--pack-last", "drop", "--pack")]
    [InlineData("--split", "train=0.9", "add up to 1")]
    [InlineData("--split-seed", "3", "--split")]
    [InlineData("--add-special", "sep", "bos,eos")]
    [InlineData("--output-format npy --row-group-rows", "10", "--row-group-rows")]
    [InlineData("--file-size", "lots", "lots")]
    public async Task Tokenize_OptionsThatDoNotFit_AreRefused(string options, string value, string named)
    {
        (int exitCode, _, string[] errors) = await BytemillProcess.RunAsync(
            ["tokenize", "--model", _directory["small.bytemill"], "--input", _directory["in"], "--output", _directory["out"], .. options.Split(' '), value]);
        Assert.Equal(2, exitCode);
        Assert.Contains(named, Assert.Single(errors, error => error.Length > 0), StringComparison.Ordinal);
        Assert.False(Directory.Exists(_directory["out"]));
    }

    [Fact]
    public async Task Tokenize_FromTheCommandLineWithOverwrite_ReplacesTheEarlierFiles()
    {
        string[] command = ["tokenize", "--model", _directory["small.bytemill"], "--input", _directory["in"], "--output", _directory["out"]];
        (int exitCode, string[] output, string[] errors) = await BytemillProcess.RunAsync([.. command, "--output-format", "megatron", "--split", "train=0.5,valid=0.5", "--pack", "32"]);
        Assert.True(exitCode == 0, string.Join('\n', errors));
        string layout = Assert.Single(output, line => line.StartsWith("layout", StringComparison.Ordinal));
        Assert.All(["megatron, uint16", "sequences of 32 tokens", "split train=0.5,valid=0.5"], named => Assert.Contains(named, layout, StringComparison.Ordinal));
        Assert.True(File.Exists(_directory["out/valid/part-0.idx"]));
        (exitCode, _, errors) = await BytemillProcess.RunAsync([.. command, "--file-size", "2kB", "--overwrite"]);
        Assert.True(exitCode == 0, string.Join('\n', errors));
        Assert.True(File.Exists(_directory["out/part-0-00001.parquet"]));
        Assert.DoesNotContain(TestDirectory.Snapshot(_directory["out"]).Keys, name => name.EndsWith(".idx", StringComparison.Ordinal));
    }

    private JobSpec Spec(string output, OutputLayout layout) => new()
    {
        Mode = JobMode.Tokenize,
        Inputs = [_directory["in/*.parquet"]],
        OutputDirectory = _directory[output],
        ModelPath = _directory["small.bytemill"],
        Layout = layout,
    };

    private IEnumerable<string?> Texts(int file) => _documents.Where((_, row) => row % Files == file);

    // Id, language and ids of the rows of an input.
    private string[] Expected(int file) =>
    [
        .. Enumerable.Range(0, _documents.Count).Where(row => row % Files == file).Select(
            row => $"{TestCorpus.Id(row)} {(row % 3 == 0 ? "null" : $"l{row % 5}")} {(_documents[row] is { } text ? $"[{string.Join(", ", _tokenizer.Encode(text))}]" : "null")}"),
    ];

    private static string[] ReadRows(string path) => DuckDb.Query($"SELECT id, lang, input_ids::VARCHAR FROM '{path}'");
}
