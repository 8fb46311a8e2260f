using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Bytemill.Corpus;
using YamlDotNet.Serialization;

namespace Bytemill.Pipeline;

/// <summary>
/// <c>README.md</c> of a tokenized corpus as Hugging Face's hub and <c>datasets</c> read it: which files are which split, what columns they have and how much
/// there is, in YAML; and for people how to load it.
/// </summary>
internal static partial class DatasetCard
{
    /// <summary>File name in the output directory.</summary>
    public const string FileName = "README.md";

    // That of all rows where they are not divided, as of datasets without a card.
    private const string WholeSplit = "train";

    private const string DefaultConfig = "default";

    private const string InfoKey = "dataset_info";
    private const string ConfigsKey = "configs";

    private static readonly ISerializer s_yaml = new SerializerBuilder()
        .WithQuotingNecessaryStrings(quoteYaml1_1Strings: true).WithEventEmitter(next => new CardStrings(next)).Build();

    // Of a card that is new; what people make of them stays.
    private static readonly Dictionary<string, string> s_initial = Entries(new() { ["tags"] = (string[])["bytemill", "tokenized"] });

    /// <exception cref="JobInputException">The job's results are nothing that a card could describe.</exception>
    public static void Check(JobSpec spec)
    {
        if (!spec.DatasetCard)
        {
            return;
        }

        if (spec.Mode == JobMode.Train || spec.Layout.Format != OutputFormat.Parquet)
        {
            throw new JobInputException("--dataset-card describes tokenized Parquet files; there are none with --output-format megatron or npy.");
        }

        if (spec.Layout.SplitRule?.Names.FirstOrDefault(name => !SplitName().IsMatch(name)) is { } name)
        {
            throw new JobInputException($"--dataset-card: Hugging Face knows no split named '{name}' (--split); names are of letters, digits, '_' and '.' between them.");
        }
    }

    /// <summary>Writes the card, or brings one that is there up to date: what people have written into it stays.</summary>
    /// <param name="context">Of the task that publishes the results.</param>
    /// <param name="manifest">The results.</param>
    /// <param name="sources">Full path of each output, where it is now.</param>
    public static void Write(TaskContext context, ResultManifest manifest, ImmutableArray<string> sources)
    {
        var files = new DatasetFile[sources.Length];
        ParallelWork.ForAll(context, context.Threads, Enumerable.Range(0, files.Length), i => files[i] = Inspect(sources[i]));
        string directory = context.Spec.OutputDirectory;
        string card = Describe(manifest, files, Read(directory));
        JobOutput.Write(directory, FileName, file => file.Write(Encoding.UTF8.GetBytes(card)));
    }

    /// <summary>Removes what a job wrote of the card in an output, and the file where nothing else is in it.</summary>
    public static void Remove(string directory)
    {
        if (Read(directory) is not { } present)
        {
            return;
        }

        string path = StorePath.Combine(directory, FileName);
        if (CardText.Without(present, [InfoKey, ConfigsKey], s_initial) is not { } left)
        {
            Stores.Of(path).Delete([path]);
        }
        else if (left != present)
        {
            JobOutput.Write(directory, FileName, file => file.Write(Encoding.UTF8.GetBytes(left)));
        }
    }

    /// <summary>The text of the card.</summary>
    /// <param name="manifest">Results in Parquet.</param>
    /// <param name="files">Its outputs, in order.</param>
    /// <param name="present">The card that is there; <c>null</c> for none.</param>
    internal static string Describe(ResultManifest manifest, IReadOnlyList<DatasetFile> files, string? present)
    {
        (ManifestOutput Output, DatasetFile File)[] outputs = [.. manifest.Outputs.Zip(files)];
        var configs = outputs.GroupBy(output => output.Output.Epoch)
            .Select(epoch => (Name: epoch.Key is { } number ? FormattableString.Invariant($"epoch_{number}") : DefaultConfig, Outputs: epoch.ToArray()))
            .DefaultIfEmpty((DefaultConfig, []))
            .ToArray();
        Dictionary<string, string> entries = Entries(new()
        {
            [InfoKey] = configs.Length == 1 ? Info(configs[0].Name, configs[0].Outputs) : configs.Select(config => Info(config.Name, config.Outputs)).ToArray(),
            [ConfigsKey] = configs.Select((config, i) => Config(config.Name, config.Outputs, isDefault: i == 0 && configs.Length > 1)).ToArray(),
        });
        return CardText.Merge(present, entries, s_initial, Text(manifest, configs[0].Name));
    }

    private static Dictionary<string, string> Entries(Dictionary<string, object> values) => values.ToDictionary(
        value => value.Key, value => s_yaml.Serialize(new Dictionary<string, object> { [value.Key] = value.Value }).ReplaceLineEndings("\n"), StringComparer.Ordinal);

    private static string? Read(string directory)
    {
        string path = StorePath.Combine(directory, FileName);
        return Stores.HasFile(path) ? Stores.ReadAllText(path) : null;
    }

    private static DatasetFile Inspect(string path)
    {
        try
        {
            return DatasetFile.Inspect(path);
        }
        catch (CorpusException e)
        {
            // It is a result and no input: whatever is wrong with it, trying again may help.
            throw new IOException($"What --dataset-card says of '{path}' cannot be found out: {e.Message}", e);
        }
    }

    private static Dictionary<string, object> Config(string name, (ManifestOutput Output, DatasetFile File)[] outputs, bool isDefault)
    {
        var config = new Dictionary<string, object> { ["config_name"] = name };
        if (isDefault)
        {
            config.Add("default", true);
        }

        config.Add("data_files", outputs.GroupBy(output => output.Output.Split).Select(split => new Dictionary<string, object>
        {
            ["split"] = split.Key ?? WholeSplit,
            ["path"] = Pattern([.. split.Select(output => output.Output.Path)]),
        }).ToArray());
        return config;
    }

    // What matches these files and no others of the output.
    private static string Pattern(string[] paths)
    {
        string[][] parts = [.. paths.Select(path => path.Split('/'))];
        int common = Enumerable.Range(0, parts.Min(part => part.Length) - 1).TakeWhile(i => parts.All(part => part[i] == parts[0][i])).Count();
        string files = parts.All(part => part.Length == common + 1) ? "*.parquet" : "**/*.parquet";
        return string.Join('/', parts[0].Take(common).Append(files));
    }

    private static Dictionary<string, object> Info(string name, (ManifestOutput Output, DatasetFile File)[] outputs)
    {
        var info = new Dictionary<string, object>();
        if (name != DefaultConfig)
        {
            info.Add("config_name", name);
        }

        // Types that are not the same in all files, or have no name there, are left to be inferred.
        if (outputs is [{ File: { Features: { } features } first }, ..] && Array.TrueForAll(outputs, output => JsonNode.DeepEquals(output.File.Features, features)))
        {
            info.Add("features", first.FeatureList.ToArray());
        }

        info.Add("splits", outputs.GroupBy(output => output.Output.Split).Select(split => new Dictionary<string, object>
        {
            ["name"] = split.Key ?? WholeSplit,
            ["num_bytes"] = split.Sum(output => output.File.Bytes),
            ["num_examples"] = split.Sum(output => output.Output.Rows ?? 0),
        }).ToArray());
        info.Add("download_size", outputs.Sum(output => output.Output.LengthBytes));
        info.Add("dataset_size", outputs.Sum(output => output.File.Bytes));
        return info;
    }

    private static string Text(ResultManifest manifest, string config)
    {
        ManifestStatistics statistics = manifest.Statistics;
        ManifestModel model = manifest.Models[0];
        var text = new StringBuilder();
        CultureInfo culture = CultureInfo.InvariantCulture;
        text.Append(culture, $"# Tokenized corpus\n\n");
        text.Append(culture, $"{statistics.Rows:N0} rows of `{manifest.TextColumn}`, {statistics.TextBytes:N0} bytes of text, as {statistics.Tokens ?? 0:N0} tokens of a vocabulary of {model.VocabSize:N0} pieces.\n");
        text.Append(culture, $"Made by Bytemill {manifest.Version} with the model of SHA-256 `{model.Sha256}`.\n\n");
        text.Append(culture, $"`input_ids` are the ids of a text, `n_tokens` is how many there are; other columns are those of the input{(manifest.Layout?.Pack is { } length ? $". Rows are sequences of {length} ids of several documents, with `position_ids` and `document_ids`" : "")}.\n\n");
        text.Append(culture, $"```python\nfrom datasets import load_dataset\n\ndataset = load_dataset(\"PATH\"{(config == DefaultConfig ? "" : $", \"{config}\"")})\n```\n");
        return text.ToString();
    }

    [GeneratedRegex(@"^\w+(\.\w+)*\z")]
    private static partial Regex SplitName();
}
