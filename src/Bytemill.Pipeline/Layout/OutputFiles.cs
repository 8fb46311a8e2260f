namespace Bytemill.Pipeline;

/// <summary>The files that one task makes for the output, under names of their own until they are published.</summary>
internal sealed class OutputFiles(AttemptDirectory attempt)
{
    private readonly List<Wire.OutputFile> _files = [];
    private readonly Dictionary<string, Wire.OutputFile> _byName = new(StringComparer.Ordinal);

    /// <summary>Makes a file.</summary>
    /// <param name="name">Where it goes, relative to the output directory.</param>
    /// <param name="split">The part it belongs to; empty for none.</param>
    /// <param name="epoch">Its epoch, where segmentations are drawn.</param>
    public FileStream Create(string name, string split, int? epoch)
    {
        var file = new Wire.OutputFile { Name = name, WorkName = FormattableString.Invariant($"{WorkFileNames.OutputPrefix}{_files.Count:D6}"), Split = split };
        if (epoch is { } number)
        {
            file.Epoch = number;
        }

        _files.Add(file);
        _byName.Add(name, file);
        return attempt.Create(file.WorkName);
    }

    /// <summary>Says how much a file holds. Files that only accompany others are not said to hold anything.</summary>
    public void SetCounts(string name, long rows, long tokens)
    {
        Wire.OutputFile file = _byName[name];
        (file.Rows, file.Tokens) = (rows, tokens);
    }

    /// <summary>Rows of all files.</summary>
    public long Rows => _files.Sum(file => file.Rows);

    /// <summary>Tokens of all files.</summary>
    public long Tokens => _files.Sum(file => file.Tokens);

    /// <summary>Describes the files, which must all be closed, in one beside them.</summary>
    public void WriteInfo(Wire.TokenizedFileInfo info)
    {
        foreach (Wire.OutputFile file in _files)
        {
            using FileStream written = attempt.OpenRead(file.WorkName);
            (file.LengthBytes, file.Xxh3) = (written.Length, FileHash.Of(written));
        }

        info.Files.Add(_files);
        using FileStream output = attempt.Create(WorkFileNames.TokenizedInfo);
        CheckedMessage.Write(output, info);
    }
}
