namespace Bytemill.Corpus;

/// <summary>Writes rows to one output after the other: an output ends where it reaches a length.</summary>
/// <param name="open">Opens the output of a number, from 0.</param>
/// <param name="lengthBytes">At which an output ends; null for never.</param>
/// <param name="onCompleted">Told of each that is complete.</param>
public sealed class RollingSink(Func<int, RowSink> open, long? lengthBytes, Action<RowSink> onCompleted) : IRowTarget
{
    private RowSink? _sink;
    private int _opened;

    /// <inheritdoc/>
    public void Append(in OutputRow row, CancellationToken cancellation)
    {
        _sink ??= open(_opened++);
        _sink.Append(row, cancellation);
        if (lengthBytes is { } most && _sink.LengthBytes >= most)
        {
            End(cancellation);
        }
    }

    /// <inheritdoc/>
    public void Complete(bool evenEmpty, CancellationToken cancellation)
    {
        if (evenEmpty && _opened == 0)
        {
            _sink = open(_opened++);
        }

        if (_sink is not null)
        {
            End(cancellation);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _sink?.Dispose();
        _sink = null;
    }

    private void End(CancellationToken cancellation)
    {
        _sink!.Complete(cancellation);
        onCompleted(_sink);
        Dispose();
    }
}
