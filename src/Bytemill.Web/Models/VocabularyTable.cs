using System.Collections.Immutable;
using Bytemill.Tokenization;

namespace Bytemill.Web.Models;

/// <summary>A vocabulary to search and sort. Immutable and thread-safe; a million pieces are gone through in under a second.</summary>
public sealed class VocabularyTable
{
    // Looked at so seldom that it costs nothing, so often that nobody waits for a search that is no longer wanted.
    private const int PiecesBetweenLooks = 4096;

    private readonly Vocabulary _vocabulary;
    private readonly byte[] _scripts;

    /// <summary>Goes through the vocabulary once.</summary>
    public VocabularyTable(Vocabulary vocabulary)
    {
        ArgumentNullException.ThrowIfNull(vocabulary);
        _vocabulary = vocabulary;
        _scripts = new byte[vocabulary.Count];
        long[] ofLength = new long[vocabulary.LongestPiece + 1];
        (int Pieces, long Count)[] ofScript = new (int, long)[Enum.GetValues<PieceScript>().Length];
        Int128 bytes = 0;
        for (int id = Vocabulary.FirstPieceId; id < vocabulary.Count; id++)
        {
            ReadOnlySpan<byte> piece = vocabulary.GetPiece(id);
            long count = vocabulary.GetCount(id);
            int script = (int)PieceScripts.Of(piece);
            _scripts[id] = (byte)script;
            ofScript[script] = (ofScript[script].Pieces + 1, checked(ofScript[script].Count + count));
            ofLength[piece.Length]++;
            bytes += (Int128)piece.Length * count;
        }

        PiecesOfLength = [.. ofLength];
        Scripts = [.. ofScript.Select((of, script) => new ScriptShare((PieceScript)script, of.Pieces, of.Count)).Where(share => share.Pieces > 0)];
        BytesPerToken = (double)bytes / vocabulary.TotalCount;
    }

    /// <summary>Pieces by their length in bytes; index 0 is empty.</summary>
    public ImmutableArray<long> PiecesOfLength { get; }

    /// <summary>The scripts that occur, in order of <see cref="PieceScript"/>.</summary>
    public ImmutableArray<ScriptShare> Scripts { get; }

    /// <summary>Bytes per token in training.</summary>
    public double BytesPerToken { get; }

    /// <summary>Script of a piece.</summary>
    /// <param name="id">Id of a piece, not of a special token.</param>
    public PieceScript ScriptOf(int id) => (PieceScript)_scripts[id];

    /// <summary>The ids of all pieces that were asked for, in order.</summary>
    /// <exception cref="FormatException">The pattern cannot be read; the message says what is wrong with it.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public int[] Search(PieceQuery query, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(query);
        PiecePattern pattern = PiecePattern.Parse(query.Pattern, query.Matching);
        char[] scratch = new char[_vocabulary.LongestPiece];
        var found = new List<int>(pattern.IsEmpty && query.Script is null ? _vocabulary.Count : 0);
        for (int id = Vocabulary.FirstPieceId; id < _vocabulary.Count; id++)
        {
            if (id % PiecesBetweenLooks == 0)
            {
                cancellationToken.ThrowIfCancellationRequested();
            }

            if ((query.Script is null || query.Script == ScriptOf(id)) && (pattern.IsEmpty || pattern.Matches(_vocabulary.GetPiece(id), scratch)))
            {
                found.Add(id);
            }
        }

        int[] ids = [.. found];
        Sort(ids, query.OrderBy, query.IsDescending);
        cancellationToken.ThrowIfCancellationRequested();
        return ids;
    }

    /// <summary>Counts by rank, the greatest first, at ranks that are evenly spaced on a logarithmic axis: what a plot of rank against count shows.</summary>
    /// <param name="points">How many at most, 2 or more.</param>
    /// <returns>Ranks from 1, ascending, with the count of the piece of each.</returns>
    public ImmutableArray<(int Rank, long Count)> CountsByRank(int points)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(points, 2);
        long[] counts = new long[_vocabulary.Count - Vocabulary.FirstPieceId];
        for (int i = 0; i < counts.Length; i++)
        {
            counts[i] = -_vocabulary.GetCount(Vocabulary.FirstPieceId + i);
        }

        Array.Sort(counts);
        var shown = ImmutableArray.CreateBuilder<(int, long)>();
        int last = 0;
        for (int point = 0; point < points; point++)
        {
            int rank = (int)Math.Round(Math.Pow(counts.Length, (double)point / (points - 1)));
            if (rank > last)
            {
                last = rank;
                shown.Add((rank, -counts[rank - 1]));
            }
        }

        return shown.ToImmutable();
    }

    private void Sort(int[] ids, PieceOrdering ordering, bool isDescending)
    {
        int sign = isDescending ? -1 : 1;
        Comparison<int>? comparison = ordering switch
        {
            PieceOrdering.Id => isDescending ? (a, b) => b.CompareTo(a) : null,
            PieceOrdering.Count => (a, b) => Then(sign * _vocabulary.GetCount(a).CompareTo(_vocabulary.GetCount(b)), a, b),
            PieceOrdering.Length => (a, b) => Then(sign * _vocabulary.GetPiece(a).Length.CompareTo(_vocabulary.GetPiece(b).Length), a, b),
            PieceOrdering.Bytes => (a, b) => sign * _vocabulary.GetPiece(a).SequenceCompareTo(_vocabulary.GetPiece(b)),
            PieceOrdering.Script => (a, b) => Then(sign * _scripts[a].CompareTo(_scripts[b]), a, b),
            _ => throw new ArgumentOutOfRangeException(nameof(ordering), ordering, "Unknown order of pieces."),
        };
        if (comparison is not null)
        {
            Array.Sort(ids, comparison);
        }
    }

    private static int Then(int comparison, int a, int b) => comparison != 0 ? comparison : a.CompareTo(b);
}
