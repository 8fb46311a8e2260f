using Bytemill.Pipeline;
using Bytemill.Tokenization;

namespace Bytemill.App;

/// <summary>Formats of ids by their names on the command line.</summary>
internal static class IdFormats
{
    public const string Description = "Format of the ids: text (decimal, a line for each text), json (an array for each text, a line each), uint16 or uint32 (little-endian, nothing between).";

    /// <exception cref="JobInputException">There is no such format, or the model has ids that it cannot hold.</exception>
    public static IdFormat Parse(string name, TokenizerModel model)
    {
        IdFormat format = name switch
        {
            "text" => IdFormat.Text,
            "json" => IdFormat.Json,
            "uint16" => IdFormat.UInt16,
            "uint32" => IdFormat.UInt32,
            _ => throw new JobInputException($"--format is text, json, uint16 or uint32; found '{name}'."),
        };
        return format != IdFormat.UInt16 || model.IdCount <= ushort.MaxValue + 1
            ? format
            : throw new JobInputException(Units.Format($"--format uint16 holds ids up to {ushort.MaxValue}; this model has ids up to {model.IdCount - 1}. Take --format uint32."));
    }

    public static bool IsBinary(this IdFormat format) => format is IdFormat.UInt16 or IdFormat.UInt32;
}
