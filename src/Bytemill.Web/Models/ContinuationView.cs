using System.Collections.Immutable;
using System.Text;
using Bytemill.Tokenization;

namespace Bytemill.Web.Models;

/// <summary>How a prompt may go on, for people.</summary>
/// <param name="Kept">Ids that stay, whatever follows.</param>
/// <param name="HeldBack">The end of the prompt that waits for what follows; empty when any piece may come.</param>
/// <param name="Candidates">The most probable pieces that may come next.</param>
/// <param name="CandidateCount">How many there are in all; all pieces when nothing is held back.</param>
public sealed record ContinuationView(ImmutableArray<int> Kept, string HeldBack, ImmutableArray<ContinuationCandidate> Candidates, int CandidateCount)
{
    /// <summary>Prepares a prompt.</summary>
    /// <param name="model">By whose pieces.</param>
    /// <param name="prompt">The text so far; a lone surrogate is read as U+FFFD.</param>
    /// <param name="top">How many candidates are shown.</param>
    public static ContinuationView Of(LoadedModel model, string prompt, int top)
    {
        ArgumentNullException.ThrowIfNull(model);
        PromptContinuation continuation = model.Tokenizer.Continue(Encoding.UTF8.GetBytes(prompt));
        ContinuationStep next = continuation.Next;
        TokenizerModel tokenizer = model.Tokenizer.Model;
        if (next.HeldBack.IsEmpty)
        {
            return new ContinuationView(continuation.Kept, "", [], tokenizer.Vocabulary.Count - Vocabulary.FirstPieceId);
        }

        (int Id, bool IsPrefix)[] all = [.. next.Extending.ToArray().Select(id => (id, false)), .. next.Prefixes.Select(id => (id, true))];
        long total = all.Sum(candidate => tokenizer.Vocabulary.GetCount(candidate.Id));
        IEnumerable<ContinuationCandidate> shown = all
            .OrderByDescending(candidate => tokenizer.Vocabulary.GetCount(candidate.Id)).ThenBy(candidate => candidate.Id).Take(top)
            .Select(candidate => new ContinuationCandidate(
                PieceView.Of(tokenizer, candidate.Id),
                candidate.IsPrefix,
                (double)tokenizer.Vocabulary.GetCount(candidate.Id) / total,
                candidate.IsPrefix ? "" : Rest(tokenizer.Vocabulary.GetPiece(candidate.Id)[next.HeldBack.Length..])));
        return new ContinuationView(continuation.Kept, PieceText.Show(next.HeldBack.Span), [.. shown], all.Length);
    }

    // Half a character cannot be put behind a prompt.
    private static string Rest(ReadOnlySpan<byte> rest)
    {
        string text = Encoding.UTF8.GetString(rest);
        return text.Contains('\uFFFD', StringComparison.Ordinal) ? "" : text;
    }
}
