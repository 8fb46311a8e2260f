namespace Bytemill.Corpus;

/// <summary>Joins documents to sequences of one length; a document that does not fit goes on in the next one. Not thread-safe.</summary>
/// <param name="length">Ids of a sequence, at least 1.</param>
/// <param name="padId">What fills up the last one; null drops it.</param>
/// <param name="emit">Receives each sequence; it must not keep it.</param>
public sealed class SequencePacker(int length, int? padId, SequencePacker.SequenceAction emit)
{
    private readonly int[] _ids = new int[length];
    private readonly List<int> _starts = [];
    private int _count;

    /// <summary>Receives a sequence.</summary>
    /// <param name="sequence">The sequence.</param>
    public delegate void SequenceAction(in OutputRow sequence);

    /// <summary>Tokens of the last sequence that were dropped.</summary>
    public long DroppedTokens { get; private set; }

    /// <summary>Ids that filled up the last sequence.</summary>
    public long PaddingTokens { get; private set; }

    /// <summary>Adds a document; one without ids leaves no trace.</summary>
    public void Append(ReadOnlySpan<int> document)
    {
        while (!document.IsEmpty)
        {
            _starts.Add(_count);
            int part = Math.Min(document.Length, length - _count);
            document[..part].CopyTo(_ids.AsSpan(_count));
            _count += part;
            document = document[part..];
            if (_count == length)
            {
                Emit();
            }
        }
    }

    /// <summary>Ends the last sequence.</summary>
    public void Complete()
    {
        if (_count == 0)
        {
            return;
        }

        if (padId is { } id)
        {
            PaddingTokens = length - _count;
            _ids.AsSpan(_count).Fill(id);
            Emit();
        }
        else
        {
            DroppedTokens = _count;
            _count = 0;
            _starts.Clear();
        }
    }

    private void Emit()
    {
        emit(new OutputRow
        {
            Ids = _ids,
            TokenCount = _count,
            DocumentStarts = System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_starts),
        });
        _count = 0;
        _starts.Clear();
    }
}
