namespace Bytemill.Pipeline;

/// <summary>What was found in one output file.</summary>
internal sealed record FileFindings
{
    public long Rows { get; set; }

    public long Tokens { get; set; }

    /// <summary>Bytes of text that the tokens stand for; as far as the model is at hand.</summary>
    public long TextBytes { get; set; }

    public long LengthBytes { get; set; }

    public long DecodedRows { get; set; }

    public long ComparedRows { get; set; }

    public List<string> Faults { get; } = [];

    public List<string> Notes { get; } = [];
}
