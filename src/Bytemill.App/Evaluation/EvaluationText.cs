using System.Collections.Immutable;
using Bytemill.Tokenization;

namespace Bytemill.App;

/// <summary>Figures of a report as people read them, in the invariant culture.</summary>
internal static class EvaluationText
{
    public static string Number(double value) => double.IsNaN(value) ? "–" : Units.Format($"{value:0.0000}");

    public static string Percent(double share) => double.IsNaN(share) ? "–" : Units.Format($"{100 * share:0.00} %");

    public static string Piece(Vocabulary vocabulary, int id) => PieceText.Show(vocabulary.GetPiece(id));

    public static double Share(VocabularyUsage usage, int id) => usage.Totals.Tokens == 0 ? double.NaN : (double)usage.GetCount(id) / usage.Totals.Tokens;

    /// <summary>Share of tokens whose piece has <paramref name="first"/> to <paramref name="last"/> bytes.</summary>
    public static double ShareOfLengths(VocabularyUsage usage, int first, int last)
    {
        long tokens = 0;
        for (int length = first; length <= last && length < usage.TokensOfLength.Length; length++)
        {
            tokens += usage.TokensOfLength[length];
        }

        return usage.Totals.Tokens == 0 ? double.NaN : (double)tokens / usage.Totals.Tokens;
    }

    public static string UnusedShare(ModelEvaluation model)
    {
        int unused = model.Usage.FindUnused().Length;
        int pieces = model.Model.Vocabulary.Count - Vocabulary.FirstPieceId - 256;
        return $"{Units.Count(unused)} ({Percent(pieces == 0 ? double.NaN : (double)unused / pieces)})";
    }

    /// <summary>One line on the pieces that never occurred, the first few by id.</summary>
    public static string Unused(ModelEvaluation model, int shown)
    {
        ImmutableArray<int> unused = model.Usage.FindUnused();
        string examples = unused.IsEmpty ? "" : ": " + string.Join("  ", unused.Take(shown).Select(id => Piece(model.Model.Vocabulary, id))) + (unused.Length > shown ? "  …" : "");
        return Units.Format($"{model.Name}: {Units.Count(unused.Length)} pieces of two bytes or more never used{examples}");
    }
}
