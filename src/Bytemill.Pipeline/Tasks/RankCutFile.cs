using Bytemill.Training;
using Google.Protobuf;

namespace Bytemill.Pipeline;

/// <summary>The cut as a file, so that it travels like every other product of a stage.</summary>
internal static class RankCutFile
{
    public static void Write(Stream output, RankCut cut) =>
        CheckedMessage.Write(output, new Wire.RankCut { Piece = ByteString.CopyFrom(cut.Piece), Count = cut.Count });

    public static RankCut Read(RunOpener open)
    {
        using Stream input = open();
        Wire.RankCut cut = CheckedMessage.Read(input, Wire.RankCut.Parser);
        return new RankCut(cut.Piece.ToByteArray(), cut.Count);
    }
}
