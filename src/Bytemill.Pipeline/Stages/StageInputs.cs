namespace Bytemill.Pipeline;

/// <summary>
/// What a stage reads: names of stage manifests in the work directory, empty where nothing is read. Names, not contents,
/// so that a message stays small however many tasks the earlier stage had.
/// </summary>
public sealed record StageInputs
{
    /// <summary>Runs with one segment for each shard (of counting, segmenting or splitting).</summary>
    public string Runs { get; init; } = "";

    /// <summary>Kept slices to which the runs are added.</summary>
    public string Base { get; init; } = "";

    /// <summary>Merged slices, before filtering.</summary>
    public string Slices { get; init; } = "";

    /// <summary>Kept slices: the pieces of the present encoder.</summary>
    public string Kept { get; init; } = "";

    /// <summary>Dropped slices, to be split.</summary>
    public string Dropped { get; init; } = "";

    /// <summary>Slices in order of selection.</summary>
    public string Ranked { get; init; } = "";

    /// <summary>The cut found over all ranked slices.</summary>
    public string Cut { get; init; } = "";

    /// <summary>The n-gram model.</summary>
    public string NGramModel { get; init; } = "";

    /// <summary>Manifests of emitted vocabularies, <c>size=manifest</c> joined by commas, in order of emission.</summary>
    public string Vocabularies { get; init; } = "";

    /// <summary>Tokenized files.</summary>
    public string Tokenized { get; init; } = "";

    /// <summary>What of the input is left out.</summary>
    public string LeftOut { get; init; } = "";

    /// <summary>Runs of counting that stay after the job.</summary>
    public string Counts { get; init; } = "";

    /// <summary>All manifests named here.</summary>
    public IEnumerable<string> All()
    {
        string[] single = [Runs, Base, Slices, Kept, Dropped, Ranked, Cut, NGramModel, Tokenized, LeftOut, Counts];
        return single.Where(name => name.Length > 0).Concat(ParseVocabularies().Select(vocabulary => vocabulary.Manifest));
    }

    /// <summary>The emitted vocabularies: size and manifest.</summary>
    public IEnumerable<(int Size, string Manifest)> ParseVocabularies() =>
        from entry in Vocabularies.Split(',', StringSplitOptions.RemoveEmptyEntries)
        let parts = entry.Split('=')
        select (int.Parse(parts[0], System.Globalization.CultureInfo.InvariantCulture), parts[1]);

    /// <summary>These inputs with one more vocabulary.</summary>
    public static string AppendVocabulary(string vocabularies, int size, string manifest)
    {
        string entry = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{size}={manifest}");
        return vocabularies.Length == 0 ? entry : vocabularies + "," + entry;
    }
}
