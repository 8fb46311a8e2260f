namespace Bytemill.Pipeline;

/// <summary>What was found in one output file.</summary>
internal sealed record FileFindings
{
    public long Rows { get; set; }

    public long Tokens { get; set; }

    public long LengthBytes { get; set; }

    public long DecodedRows { get; set; }

    public long ComparedRows { get; set; }

    public List<string> Faults { get; } = [];

    public List<string> Notes { get; } = [];
}
