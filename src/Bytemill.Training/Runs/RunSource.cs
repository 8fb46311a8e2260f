namespace Bytemill.Training;

/// <summary>A run to merge: a committed file, opened anew by every reader, or a scratch stream that readers share one after another.</summary>
internal sealed class RunSource : IDisposable
{
    /// <summary>As the first segment: a file's segments, read as one, are segment 0 here.</summary>
    public const int AllSegments = -1;

    private readonly RunOpener? _opener;
    private readonly Stream? _scratch;
    private readonly RunKind _kind;
    private readonly int _firstSegment;

    /// <param name="opener">Opens the file.</param>
    /// <param name="kind">What the file must be.</param>
    /// <param name="firstSegment">Segment of the file that counts as segment 0 here.</param>
    public RunSource(RunOpener opener, RunKind kind, int firstSegment)
    {
        _opener = opener;
        _kind = kind;
        _firstSegment = firstSegment;
    }

    /// <param name="scratch">Owned: gone when this is disposed.</param>
    /// <param name="kind">What was written there.</param>
    public RunSource(Stream scratch, RunKind kind)
    {
        _scratch = scratch;
        _kind = kind;
    }

    public SegmentReader Open(int segment, BlockCodec codec)
    {
        Stream stream = _scratch ?? _opener!();
        try
        {
            return new SegmentReader(stream, RunFooter.Read(stream, _kind), _firstSegment == AllSegments ? AllSegments : _firstSegment + segment, codec, leaveOpen: _scratch is not null);
        }
        catch when (_scratch is null)
        {
            stream.Dispose();
            throw;
        }
    }

    public void Dispose() => _scratch?.Dispose();
}
