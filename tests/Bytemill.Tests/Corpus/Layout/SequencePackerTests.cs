using Bytemill.Corpus;
using CsCheck;

namespace Bytemill.Tests;

/// <summary>Packing against a plain twin: all documents in one list, cut to pieces.</summary>
public class SequencePackerTests
{
    private const int PadId = 0;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Append_AnyDocuments_AreCutAsOneList(bool drops)
    {
        Gen.Select(Gen.Int[1, 9], Gen.Int[1, 1000].Array[0, 12].Array[0, 20]).Sample((length, documents) =>
        {
            List<string> sequences = [];
            var packer = new SequencePacker(length, drops ? null : PadId, (in OutputRow row) => sequences.Add(Describe(row)));
            foreach (int[] document in documents)
            {
                packer.Append(document);
            }

            packer.Complete();
            (List<string> expected, int rest) = Plain(length, documents, drops);
            return sequences.SequenceEqual(expected)
                && packer.DroppedTokens == (drops ? rest : 0)
                && packer.PaddingTokens == (drops || rest == 0 ? 0 : length - rest);
        });
    }

    private static string Describe(in OutputRow row)
    {
        int[] positions = new int[row.Ids.Length];
        int[] documents = new int[row.Ids.Length];
        PackedIds.FillPositions(row, positions);
        PackedIds.FillDocuments(row, documents);
        return $"{string.Join(' ', row.Ids.ToArray())} | {string.Join(' ', positions)} | {string.Join(' ', documents)} | {row.TokenCount}";
    }

    private static (List<string> Sequences, int Remainder) Plain(int length, int[][] documents, bool drops)
    {
        (int Id, int Document)[] all = [.. documents.SelectMany((ids, document) => ids.Select(id => (id, document)))];
        List<string> sequences = [];
        foreach ((int Id, int Document)[] part in all.Chunk(length))
        {
            if (part.Length < length && drops)
            {
                continue;
            }

            int[] order = [.. part.Select(token => token.Document).Distinct()];
            int padding = length - part.Length;
            sequences.Add(string.Join(
                " | ",
                string.Join(' ', part.Select(token => token.Id).Concat(Enumerable.Repeat(PadId, padding))),
                string.Join(' ', part.Select((token, i) => i - Array.FindIndex(part, other => other.Document == token.Document)).Concat(Enumerable.Repeat(0, padding))),
                string.Join(' ', part.Select(token => Array.IndexOf(order, token.Document)).Concat(Enumerable.Repeat(-1, padding))),
                part.Length));
        }

        return (sequences, all.Length % length);
    }
}
