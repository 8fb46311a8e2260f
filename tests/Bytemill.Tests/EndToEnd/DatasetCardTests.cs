using System.Text.Json.Nodes;
using Apache.Arrow.Types;
using Bytemill.Corpus;
using Bytemill.Pipeline;
using Bytemill.Tokenization;
using Microsoft.Extensions.FileSystemGlobbing;
using YamlDotNet.Serialization;

namespace Bytemill.Tests;

/// <summary>Results that Hugging Face's <c>datasets</c> knows the types, splits and sizes of.</summary>
[Collection(EndToEndTests.Name)]
public sealed class DatasetCardTests : IAsyncLifetime
{
    private readonly TestDirectory _directory = new();
    private EmbeddedCluster _cluster = null!;

    public async ValueTask InitializeAsync()
    {
        _cluster = await EmbeddedCluster.StartAsync(workers: 2);
        using FileStream model = File.Create(_directory["small.bytemill"]);
        ModelFile.Write(TestModels.Small(), model);
    }

    public async ValueTask DisposeAsync()
    {
        await _cluster.DisposeAsync();
        _directory.Dispose();
    }

    [Fact]
    public async Task Card_PlainCorpus_IsAsThisTextSays()
    {
        TestCorpus.Write(_directory["in"], ["the text", null, "", "in the thing"], files: 2, rowsPerGroup: 2);
        JobSpec spec = Spec("in", "out", new OutputLayout());
        await _cluster.ResultsAsync(spec);
        ResultManifest manifest = ResultManifest.Read(spec.OutputDirectory);
        Assert.Equal("README.md", manifest.DatasetCard);
        long bytes = manifest.Outputs.Sum(output => DatasetFile.Inspect(_directory["out/" + output.Path]).Bytes);

        // As the library's own writer orders and spells it.
        Assert.StartsWith(
            $"""
            ---
            dataset_info:
              features:
              - name: id
                dtype: string
              - name: lang
                dtype: string
              - name: input_ids
                sequence: int32
              - name: n_tokens
                dtype: int32
              splits:
              - name: train
                num_bytes: {bytes}
                num_examples: 4
              download_size: {manifest.Outputs.Sum(output => output.LengthBytes)}
              dataset_size: {bytes}
            configs:
            - config_name: default
              data_files:
              - split: train
                path: '*.parquet'
            tags:
            - bytemill
            - tokenized
            ---

            <!-- bytemill: what follows, to the second mark, is written anew by each job; write before or after it -->
            # Tokenized corpus

            """,
            File.ReadAllText(_directory["out/README.md"]),
            StringComparison.Ordinal);
        Assert.Empty(OutputVerifier.Verify(spec.OutputDirectory, new VerifyOptions(), TestContext.Current.CancellationToken).Faults);

        // It is replaced and removed like the other results.
        string card = File.ReadAllText(_directory["out/README.md"]);
        await _cluster.ResultsAsync(spec with { Update = true });
        Assert.Equal(card, File.ReadAllText(_directory["out/README.md"]));
        await _cluster.ResultsAsync(spec with { DatasetCard = false, Overwrite = true });
        Assert.False(File.Exists(_directory["out/README.md"]));
    }

    [Fact]
    public async Task Card_ThatPeopleHaveWrittenInto_IsBroughtUpToDate()
    {
        TestCorpus.Write(_directory["in"], ["the text"], files: 1, rowsPerGroup: 2);
        JobSpec spec = Spec("in", "out", new OutputLayout());
        await _cluster.ResultsAsync(spec);
        string path = _directory["out/README.md"];
        File.WriteAllText(path, File.ReadAllText(path).Replace("---\ndataset_info:", "---\nlicense: mit\ndataset_info:", StringComparison.Ordinal) + "\n## Mine\n");
        TestCorpus.Write(_directory["in"], ["the text", "in the thing"], files: 2, rowsPerGroup: 2);

        await _cluster.ResultsAsync(spec with { Update = true });
        Assert.Equal("mit", Front("out")["license"]);
        Assert.Equal("2", Map(Assert.Single((List<object>)InfoOf("out")["splits"]))["num_examples"]);
        Assert.Contains("# Tokenized corpus\n\n2 rows", File.ReadAllText(path), StringComparison.Ordinal);
        Assert.EndsWith("\n## Mine\n", File.ReadAllText(path), StringComparison.Ordinal);

        // Anew and without a card, what people wrote is all that stays.
        await _cluster.ResultsAsync(spec with { Overwrite = true });
        Assert.Equal("mit", Front("out")["license"]);
        await _cluster.ResultsAsync(spec with { Overwrite = true, DatasetCard = false });
        Assert.Equal("---\nlicense: mit\n---\n\n\n## Mine\n", File.ReadAllText(path));
        await _cluster.ResultsAsync(spec with { Overwrite = true });
        Assert.Equal(["license", "dataset_info", "configs"], Front("out").Keys);
        Assert.EndsWith("---\n\n\n## Mine\n", File.ReadAllText(path), StringComparison.Ordinal);
    }

    // Types as Arrow's own reader, which the library reads with, finds them.
    [Theory]
    [InlineData(null, false)]
    [InlineData("id,name,flag,tiny,utiny,small,medium,unsigned,ubig,real,double,money,bigger,biggest,day,moment,stamp,nanos,zoned,blob,list,struct", true)]
    public async Task Features_OfEveryType_AreWhatReadersFind(string? keep, bool isListed)
    {
        Directory.CreateDirectory(_directory["in"]);
        AllTypes.Write(_directory["in/all.parquet"], [2048, 100]);
        await _cluster.ResultsAsync(Spec("in", "plain", new OutputLayout()) with { Keep = keep is null ? null : [.. keep.Split(',')] });
        await _cluster.ResultsAsync(Spec("in", "laid", new OutputLayout { RowGroupRows = 500, IdType = IdType.UInt16 }) with { Keep = keep is null ? null : [.. keep.Split(',')] });
        foreach (string name in (string[])["plain", "laid"])
        {
            using var reader = new ParquetSharp.Arrow.FileReader(_directory[$"{name}/all.parquet"]);
            JsonObject features = JsonNode.Parse(reader.Schema.Metadata["huggingface"])!["info"]!["features"]!.AsObject();
            KeyValuePair<string, JsonNode>[] expected = [.. reader.Schema.FieldsList.Select(field => KeyValuePair.Create(field.Name, FeatureOf(field.DataType)!)).Where(field => field.Value is not null)];
            Assert.Equal(expected.Select(feature => feature.Key), features.Select(feature => feature.Key));
            Assert.All(expected, feature => Assert.Equal(feature.Value.ToJsonString(), features[feature.Key]!.ToJsonString()));
            Assert.Equal(name == "plain" ? "int32" : "uint16", features["input_ids"]!["feature"]!["dtype"]!.GetValue<string>());
            Assert.Equal(isListed, InfoOf(name).ContainsKey("features"));
        }
    }

    [Fact]
    public async Task Card_SplitsEpochsAndDirectories_NamesTheirFilesAndRows()
    {
        TestCorpus.Write(_directory["in/lang=a/x"], [.. Enumerable.Range(0, 30).Select(i => $"the text {i}")], files: 2, rowsPerGroup: 5);
        TestCorpus.Write(_directory["in/lang=b"], [.. Enumerable.Range(0, 20).Select(i => $"the thing {i}")], files: 1, rowsPerGroup: 5);
        JobSpec spec = Spec("in", "out", new OutputLayout { Split = "train=0.7,valid=0.3", FileBytes = 500 }) with { Sampling = new JobSampling { Epochs = 2 } };
        await _cluster.ResultsAsync(spec);
        string[] files = [.. ResultManifest.Read(spec.OutputDirectory).Outputs.Select(output => output.Path)];
        var seen = new List<string>();
        List<object> configs = (List<object>)Front("out")["configs"];
        List<object> infos = (List<object>)Front("out")["dataset_info"];
        Assert.Equal(["epoch_0", "epoch_1"], configs.Select(config => (string)Map(config)["config_name"]));
        foreach ((object config, object info) in configs.Zip(infos))
        {
            Assert.Equal(Map(config)["config_name"], Map(info)["config_name"]);
            foreach ((object data, object size) in ((List<object>)Map(config)["data_files"]).Zip((List<object>)Map(info)["splits"]))
            {
                var matcher = new Matcher(StringComparison.Ordinal);
                matcher.AddInclude((string)Map(data)["path"]);
                string[] matched = [.. matcher.Match(files).Files.Select(match => match.Path)];
                seen.AddRange(matched);
                Assert.Equal(Map(data)["split"], Map(size)["name"]);
                string list = string.Join(", ", matched.Select(file => $"'{_directory["out/" + file]}'"));
                Assert.Equal(Assert.Single(DuckDb.Query($"SELECT count(*)::VARCHAR FROM read_parquet([{list}])")), Map(size)["num_examples"]);
            }
        }

        Assert.Equal(files.Order(StringComparer.Ordinal), seen.Order(StringComparer.Ordinal));
        Assert.Equal("true", Map(configs[0])["default"]);

        // What we write we read.
        foreach (string part in (string[])["train", "valid"])
        {
            JobSpec reading = Spec("out", "other", new OutputLayout()) with { DatasetSplit = $"epoch_1/{part}", TextColumn = "id", Keep = [], DatasetCard = false };
            Assert.Equal(
                files.Where(file => file.StartsWith($"{part}/epoch=1/", StringComparison.Ordinal)).Select(file => _directory["out/" + file]).Order(StringComparer.Ordinal),
                JobPreflight.Check(reading, cancellation: TestContext.Current.CancellationToken).Files.Select(file => file.Path));
        }
    }

    [Fact]
    public void Card_OfWhatItCannotDescribe_IsRefused()
    {
        TestCorpus.Write(_directory["in"], ["text"], files: 1, rowsPerGroup: 1);
        Refused(new OutputLayout { Format = OutputFormat.Npy }, "--output-format");
        Refused(new OutputLayout { Split = "a-b=0.5,c=0.5" }, "'a-b'");
        Directory.CreateDirectory(_directory["out"]);
    }

    private static Dictionary<object, object> Map(object value) => (Dictionary<object, object>)value;

    private Dictionary<string, object> Front(string output) =>
        new DeserializerBuilder().Build().Deserialize<Dictionary<string, object>>(File.ReadAllText(_directory[output + "/README.md"]).Split("---\n")[1]);

    private Dictionary<object, object> InfoOf(string output) => Map(Front(output)["dataset_info"]);

    // Features.from_arrow_schema, by types; null for what it does not know.
    private static JsonNode? FeatureOf(IArrowType type)
    {
        switch (type)
        {
            case ListType list:
                return FeatureOf(list.ValueDataType) is not { } item ? null
                    : list.ValueDataType is StructType ? new JsonArray(item)
                    : new JsonObject { ["feature"] = item, ["_type"] = "Sequence" };
            case MapType or FixedSizeBinaryType and not Decimal128Type:
                return null;
            case StructType structure:
                return new JsonObject(structure.Fields.Select(field => KeyValuePair.Create(field.Name, FeatureOf(field.DataType))));
            default:
                return new JsonObject { ["dtype"] = NameOf(type), ["_type"] = "Value" };
        }
    }

    private static string NameOf(IArrowType type) => type switch
    {
        StringType => "string",
        BinaryType => "binary",
        BooleanType => "bool",
        FloatType => "float32",
        DoubleType => "float64",
        Date32Type => "date32",
        Time64Type { Unit: TimeUnit.Microsecond } => "time64[us]",
        TimestampType stamp => $"timestamp[{(stamp.Unit == TimeUnit.Nanosecond ? "ns" : "us")}{(stamp.Timezone is { Length: > 0 } zone ? $", tz={zone}" : "")}]",
        Decimal128Type number => $"decimal128({number.Precision}, {number.Scale})",
        IntegerType or NumberType => type.Name,
        _ => throw new NotSupportedException(type.Name),
    };

    private void Refused(OutputLayout layout, string named) => Assert.Contains(
        named, Assert.Throws<JobInputException>(() => JobPreflight.Check(Spec("in", "out", layout), cancellation: TestContext.Current.CancellationToken)).Message, StringComparison.Ordinal);

    private JobSpec Spec(string input, string output, OutputLayout layout) => new()
    {
        Mode = JobMode.Tokenize,
        Inputs = [_directory[input]],
        OutputDirectory = _directory[output],
        ModelPath = _directory["small.bytemill"],
        Layout = layout,
        DatasetCard = true,
    };
}
