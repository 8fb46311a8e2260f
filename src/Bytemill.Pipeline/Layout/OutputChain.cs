using Bytemill.Corpus;
using Bytemill.Tokenization;

namespace Bytemill.Pipeline;

/// <summary>The way of the documents of one input file, and one part of a split, to their output: packed or each a row.</summary>
internal sealed class OutputChain : IDisposable
{
    private readonly IRowTarget _target;
    private readonly SequencePacker? _packer;
    private readonly CancellationToken _cancellation;

    public OutputChain(OutputLayout layout, IRowTarget target, CancellationToken cancellation)
    {
        (_target, _cancellation) = (target, cancellation);
        _packer = layout.Pack is { } length ? new SequencePacker(length, layout.DropsLast ? null : Vocabulary.PadId, Emit) : null;
    }

    /// <summary>Tokens that were dropped with a last sequence.</summary>
    public long DroppedTokens => _packer?.DroppedTokens ?? 0;

    /// <summary>Ids that filled up a last sequence.</summary>
    public long PaddingTokens => _packer?.PaddingTokens ?? 0;

    /// <summary>Adds a document.</summary>
    public void Append(in OutputRow document)
    {
        if (_packer is null)
        {
            Emit(document);
        }
        else
        {
            _packer.Append(document.Ids);
        }
    }

    /// <summary>Ends the output.</summary>
    /// <param name="evenEmpty">Whether there is a file though there are no rows.</param>
    public void Complete(bool evenEmpty)
    {
        _packer?.Complete();
        _target.Complete(evenEmpty, _cancellation);
    }

    public void Dispose() => _target.Dispose();

    private void Emit(in OutputRow row) => _target.Append(row, _cancellation);
}
