using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using Bytemill.Corpus;

namespace Bytemill.Pipeline;

/// <summary>What a finished job says about its results, as <c>manifest.json</c> beside them.</summary>
public sealed record ResultManifest
{
    /// <summary>File name in the output directory.</summary>
    public const string FileName = "manifest.json";

    /// <summary>Value of <see cref="Format"/> in the manifests that this version writes.</summary>
    public const string CurrentFormat = "bytemill-manifest/1";

    private static readonly JsonSerializerOptions s_json = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Kind and version of this file.</summary>
    public string Format { get; init; } = CurrentFormat;

    /// <summary>Version of the program.</summary>
    public required string Version { get; init; }

    /// <summary><c>run</c>, <c>train</c> or <c>tokenize</c>.</summary>
    public required string Mode { get; init; }

    /// <summary>Column that held the text.</summary>
    public required string TextColumn { get; init; }

    /// <summary>Training options; absent when a given model was used.</summary>
    public ManifestOptions? Options { get; init; }

    /// <summary>Random segmentations that the tokenized files hold; absent when they hold the best one.</summary>
    public ManifestSampling? Sampling { get; init; }

    /// <summary>Which rows were taken; absent for all.</summary>
    public ManifestSelection? Selection { get; init; }

    /// <summary>How the tokenized files are laid out; absent for a Parquet file for each input file.</summary>
    public ManifestLayout? Layout { get; init; }

    /// <summary>How broken input was handled; absent where it was an error.</summary>
    public ManifestBrokenInput? BrokenInput { get; init; }

    /// <summary>What was left out of the input, in order of files, row groups and reasons: all that is in the inputs named and not in the results, apart from
    /// what <see cref="Selection"/> did not choose. Absent where broken input was an error.</summary>
    public ImmutableArray<ManifestLeftOut>? LeftOut { get; init; }

    /// <summary>How the counts of an earlier job were made use of; absent where none was extended.</summary>
    public ManifestExtension? Extended { get; init; }

    /// <summary>n-gram counts that were kept, in <c>_counts</c>; absent for none.</summary>
    public ManifestCounts? Counts { get; init; }

    /// <summary>The dataset card, relative to this file; absent for none.</summary>
    public string? DatasetCard { get; init; }

    /// <summary>Input files in order, without those left out.</summary>
    public required ImmutableArray<ManifestInput> Inputs { get; init; }

    /// <summary>Models, in order of size, largest first; the given one when only tokenizing.</summary>
    public required ImmutableArray<ManifestModel> Models { get; init; }

    /// <summary>Tokenized files in order of the inputs, one epoch after the other.</summary>
    public required ImmutableArray<ManifestOutput> Outputs { get; init; }

    /// <summary>Totals over the corpus.</summary>
    public required ManifestStatistics Statistics { get; init; }

    /// <summary>Time of each phase; the only part that differs between two runs of the same job.</summary>
    public required ImmutableArray<ManifestPhase> Phases { get; init; }

    /// <summary>Files that the job made beside the manifest, relative to its directory.</summary>
    [JsonIgnore]
    internal IEnumerable<string> FileNames =>
        (Options is null ? [] : Models.Select(model => model.Path)).Concat(Outputs.Select(output => output.Path))
            .Concat(DatasetCard is { } card ? [card] : [])
            .Concat(Counts is { } counts ? KeptCounts.FileNames(counts.Runs) : []);

    /// <summary>Path of the manifest of an output.</summary>
    public static string PathIn(string directory) => StorePath.Combine(directory, FileName);

    /// <summary>Reads the manifest of a directory.</summary>
    /// <exception cref="JobInputException">It is not a manifest of ours.</exception>
    public static ResultManifest Read(string directory)
    {
        string path = PathIn(directory);
        using Stream file = Stores.OpenRead(path);
        return Read(file, path);
    }

    /// <summary>Reads a manifest.</summary>
    /// <param name="file">Its bytes.</param>
    /// <param name="name">Names it in messages.</param>
    /// <exception cref="JobInputException">It is not a manifest of ours.</exception>
    public static ResultManifest Read(Stream file, string name)
    {
        try
        {
            ResultManifest? manifest = JsonSerializer.Deserialize<ResultManifest>(file, s_json);
            return manifest is { Format: CurrentFormat }
                ? manifest
                : throw new JobInputException($"{name}: not a manifest of this version; found format '{manifest?.Format}', expected '{CurrentFormat}'.");
        }
        catch (JsonException e)
        {
            throw new JobInputException($"{name}: not a manifest: {e.Message}", e);
        }
    }

    internal static bool IsAt(string directory)
    {
        if (!Stores.HasFile(PathIn(directory)))
        {
            return false;
        }

        try
        {
            Read(directory);
            return true;
        }
        catch (JobInputException)
        {
            // Somebody else's manifest.json: not ours to judge or remove.
            return false;
        }
    }

    /// <summary>Whether this very manifest is in the directory: a publication that was broken off and goes on.</summary>
    internal bool IsWrittenTo(string directory)
    {
        string path = PathIn(directory);
        using var own = new MemoryStream();
        WriteTo(own);
        return Stores.HasFile(path) && Stores.ReadAllBytes(path).AsSpan().SequenceEqual(own.GetBuffer().AsSpan(0, (int)own.Length));
    }

    internal void Write(string directory) => JobOutput.Write(directory, FileName, WriteTo);

    private void WriteTo(Stream stream)
    {
        JsonSerializer.Serialize(stream, this, s_json);
        stream.Write("\n"u8);
    }
}

/// <summary>Options of the training, under the reference's names.</summary>
public sealed record ManifestOptions(
    int Order, ImmutableArray<int> MaxVocabSize, int MaxPieceLength, long MinCount, bool IsolateDigits, bool EnsureUnicode, string Normalization, string UnicodeVersion);

/// <summary>An input file; of lines, whose number nobody counts beforehand, without its rows; with its weight when that is not 1.</summary>
public sealed record ManifestInput(string Path, long LengthBytes, long? Rows, string Fingerprint, int? Weight = null);

/// <summary>Counts that were kept.</summary>
/// <param name="Runs">How many files, one for each partition.</param>
/// <param name="Bytes">Their length.</param>
public sealed record ManifestCounts(int Runs, long Bytes);

/// <summary>How counts of an earlier job were made use of.</summary>
/// <param name="Job">Its output.</param>
/// <param name="ReusedPartitions">Partitions whose counts were taken over.</param>
/// <param name="CountedPartitions">Partitions that were counted.</param>
/// <param name="ReusedTextBytes">Bytes of text of the first.</param>
/// <param name="CountedTextBytes">Bytes of text of the second.</param>
/// <param name="DamagedPartitions">Of those counted, the ones whose kept counts were damaged or gone.</param>
/// <param name="NewFiles">Files counted that the earlier job did not know.</param>
/// <param name="ChangedFiles">Files counted that have changed since.</param>
/// <param name="OtherwiseFiles">Files counted since they have another weight now, the limit ends elsewhere in them, or other rows may be left out of their partition.</param>
/// <param name="NeighbourFiles">Files counted since they, or a part of them, had been counted in one partition with one of the above, or with one that is gone.</param>
/// <param name="GoneFiles">Files of the earlier job that are not among the inputs.</param>
/// <param name="Differences">Options that differ, for which nothing could be taken over; absent for none.</param>
public sealed record ManifestExtension(
    string Job,
    int ReusedPartitions,
    int CountedPartitions,
    long ReusedTextBytes,
    long CountedTextBytes,
    int DamagedPartitions,
    int NewFiles,
    int ChangedFiles,
    int OtherwiseFiles,
    int NeighbourFiles,
    int GoneFiles,
    ImmutableArray<string>? Differences);

/// <summary>Which rows were taken.</summary>
public sealed record ManifestSelection(string? Where, double? Sample, long? Limit);

/// <summary>How broken input was handled: the values of <c>--on-error</c> and <c>--invalid-utf8</c>.</summary>
public sealed record ManifestBrokenInput(string OnError, string InvalidUtf8);

/// <summary>A part of the input that was left out: a file, a row group of it, or rows of that.</summary>
/// <param name="Path">The file.</param>
/// <param name="Why">What is wrong with it; of several rows, with the first of them.</param>
/// <param name="RowGroup">0-based row group, or stretch of 8 MiB of a file of lines; absent when the whole file was left out.</param>
/// <param name="FirstRow">0-based row of the file that the row group begins with; absent where that is not known.</param>
/// <param name="Rows">How many rows; absent where nobody knows.</param>
/// <param name="RowNumbers">Which, from 0 in the row group, as <c>3,17-20</c>; absent when all were.</param>
/// <param name="Bytes">Bytes of the text of these rows (of lines that are no JSON objects, of the lines); of a row group, of its text as the footer gives
/// it; of a file, its length.</param>
public sealed record ManifestLeftOut(
    string Path, string Why, int? RowGroup, long? FirstRow, long? Rows, string? RowNumbers, long Bytes)
{
    /// <summary>A message without the file that it begins with.</summary>
    internal static string WithoutPath(string message, string path) =>
        message.StartsWith(path + ": ", StringComparison.Ordinal) ? message[(path.Length + 2)..] : message;
}

/// <summary>A model: requested size, number of ids it has, SHA-256.</summary>
public sealed record ManifestModel(string Path, int? MaxVocabSize, int VocabSize, string Sha256);

/// <summary>A tokenized file; with its epoch where segmentations are random, and its part where rows are divided. Without rows and tokens it accompanies another.</summary>
public sealed record ManifestOutput(string Path, long LengthBytes, long? Rows, long? Tokens, string Xxh3, int? Epoch = null, string? Split = null);

/// <summary>How tokenized files are laid out, and what became of tokens and rows by it.</summary>
/// <param name="Format">Format of the files.</param>
/// <param name="IdType">Type of the ids.</param>
/// <param name="DocumentTokens">Special tokens around each document.</param>
/// <param name="Pack">Length of packed sequences.</param>
/// <param name="PackLast">What became of last ones that were not full.</param>
/// <param name="Split">Parts that rows were divided among.</param>
/// <param name="SplitSeed">Seed of that.</param>
/// <param name="Shuffle">Seed of the order of the rows; absent for that of the inputs.</param>
/// <param name="EmptyRows">Rows without tokens that have no place in the format.</param>
/// <param name="AddedTokens">Special tokens that were put around documents.</param>
/// <param name="DroppedTokens">Tokens of last sequences that were dropped.</param>
/// <param name="PaddingTokens">Ids that filled up last sequences.</param>
public sealed record ManifestLayout(
    string Format,
    string IdType,
    string DocumentTokens,
    int? Pack,
    string? PackLast,
    string? Split,
    ulong? SplitSeed,
    ulong? Shuffle,
    long EmptyRows,
    long AddedTokens,
    long DroppedTokens,
    long PaddingTokens);

/// <summary>How random segmentations were drawn.</summary>
public sealed record ManifestSampling(string Method, double Alpha, ulong Seed, int Epochs);

/// <summary>
/// Totals. Bytes are of UTF-8 text, before and after normalisation. Tokens are those of all epochs together, the rest is of the corpus. Left-out rows are those of
/// row groups and rows, as far as they are known; invalid ones were no UTF-8 and replaced or kept; absent where there are none.
/// </summary>
public sealed record ManifestStatistics(
    long Rows,
    long TextBytes,
    long NormalizedBytes,
    long? Tokens,
    double? BytesPerToken,
    double? SingleByteTokenShare,
    long? LeftOutRows = null,
    long? InvalidUtf8Rows = null);

/// <summary>One phase.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Tasks">Tasks of all its stages.</param>
/// <param name="Seconds">Time from its begin to its end.</param>
/// <param name="Entries">N-grams or pieces that its last stage wrote.</param>
/// <param name="WrittenBytes">Bytes of work files that its tasks committed.</param>
/// <param name="ScratchBytes">Bytes of temporary files that its tasks wrote beside these.</param>
/// <param name="Reused">Of the tasks, those whose product was taken over from an earlier job; absent for none.</param>
public sealed record ManifestPhase(string Name, int Tasks, double Seconds, long Entries, long WrittenBytes, long ScratchBytes, int? Reused = null);
