using System.Text;
using Bytemill.Tokenization;

namespace Bytemill.App;

/// <summary>How often each piece of each model occurred, a line each, for tools that read tables.</summary>
internal static class EvaluationCounts
{
    public const string Header = "model\tid\thex\ttext\tbytes\ttokens\texpected";

    /// <summary>Writes the table: the models in their order, the pieces of each by id.</summary>
    public static void Write(EvaluationReport report, Stream stream)
    {
        using var output = new StreamWriter(stream, new UTF8Encoding(false), bufferSize: 1 << 16, leaveOpen: true) { NewLine = "\n" };
        output.WriteLine(Header);
        foreach (ModelEvaluation model in report.Models)
        {
            Vocabulary vocabulary = model.Model.Vocabulary;
            // A path may hold what ends a column; a piece as shown cannot.
            string name = PieceText.Show(Encoding.UTF8.GetBytes(model.Name)).Replace('␣', ' ');
            for (int id = Vocabulary.FirstPieceId; id < vocabulary.Count; id++)
            {
                ReadOnlySpan<byte> piece = vocabulary.GetPiece(id);
                output.WriteLine(Units.Format(
                    $"{name}\t{id}\t{Convert.ToHexStringLower(piece)}\t{PieceText.Show(piece)}\t{piece.Length}\t{model.Usage.GetCount(id)}\t{model.Usage.ExpectedCount(id):0.###}"));
            }
        }
    }
}
