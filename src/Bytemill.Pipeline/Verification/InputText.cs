using Bytemill.Corpus;

namespace Bytemill.Pipeline;

/// <summary>The rows of one input file that a job took, in order.</summary>
internal sealed class InputText : IDisposable
{
    private const long BatchBytes = 1 << 20;

    private readonly CorpusFile _file;
    private readonly ManifestFaults _leftOut;
    private readonly ITextSource _source;

    public InputText(CorpusFile file, SourceOptions options, ManifestFaults leftOut)
    {
        _file = file;
        _leftOut = leftOut;
        _source = TextSources.Open(file.Path, options);
    }

    /// <summary>Their texts; null for a null one. Valid until the next is asked for.</summary>
    public IEnumerable<ReadOnlyMemory<byte>?> Read(CancellationToken cancellation)
    {
        for (int group = 0; group < _file.RowGroups.Length; group++)
        {
            if (TakenRows.Find(_source, group, _file.RowGroups[group], _leftOut.Of(_file, group), cancellation) is { } selection)
            {
                foreach (ReadOnlyMemory<byte>? text in TakenRows.Read(_source, group, selection, BatchBytes, cancellation))
                {
                    yield return text;
                }
            }
        }
    }

    public void Dispose() => _source.Dispose();
}
