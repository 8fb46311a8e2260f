using System.Collections.Immutable;

namespace Bytemill.Tokenization;

/// <summary>What may come next while bytes are held back. Immutable and thread-safe.</summary>
public sealed class ContinuationStep
{
    private readonly Vocabulary _vocabulary;
    private readonly PieceOrder _order;

    internal ContinuationStep(Vocabulary vocabulary, PieceOrder order, ReadOnlyMemory<byte> heldBack)
    {
        _vocabulary = vocabulary;
        _order = order;
        HeldBack = heldBack;
        Extending = order.StartingWith(heldBack.Span);
        var prefixes = ImmutableArray.CreateBuilder<int>();
        for (int length = 1; length < heldBack.Length && length <= vocabulary.LongestPiece; length++)
        {
            if (vocabulary.TryGetId(heldBack.Span[..length], out int id) && order.Contains(id))
            {
                prefixes.Add(id);
            }
        }

        Prefixes = prefixes.ToImmutable();
    }

    /// <summary>Bytes that no id has been given for yet. When there are none, any piece may come.</summary>
    public ReadOnlyMemory<byte> HeldBack { get; }

    /// <summary>Ids of the pieces that begin with the held-back bytes or equal them, in order of their bytes.</summary>
    public ReadOnlyMemory<int> Extending { get; }

    /// <summary>
    /// Ids of the pieces that the held-back bytes begin with, shorter than these, shortest first. One of them is followed in turn by
    /// what it leaves: see <see cref="Choose"/>.
    /// </summary>
    public ImmutableArray<int> Prefixes { get; }

    /// <summary>Whether the next id may be <paramref name="id"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The vocabulary has no such id.</exception>
    public bool Allows(int id)
    {
        ReadOnlySpan<byte> piece = _vocabulary.GetPiece(id);
        return !piece.IsEmpty && _order.Contains(id) && (piece.StartsWith(HeldBack.Span) || HeldBack.Span.StartsWith(piece));
    }

    /// <summary>The step after the next id was chosen.</summary>
    /// <param name="id">One of <see cref="Extending"/> or <see cref="Prefixes"/>.</param>
    /// <exception cref="ArgumentException">It is neither.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The vocabulary has no such id.</exception>
    public ContinuationStep Choose(int id)
    {
        if (!Allows(id))
        {
            Throw.NotACandidate(id, _vocabulary.GetPiece(id), HeldBack.Span, nameof(id));
        }

        int length = Math.Min(_vocabulary.GetPiece(id).Length, HeldBack.Length);
        return new ContinuationStep(_vocabulary, _order, HeldBack[length..]);
    }
}
