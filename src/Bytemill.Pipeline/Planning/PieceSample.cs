namespace Bytemill.Pipeline;

/// <summary>Segmentation of a text.</summary>
/// <param name="Bytes">Normalised bytes.</param>
/// <param name="Pieces">Distinct pieces.</param>
/// <param name="ModelBytes">Of the n-gram model.</param>
/// <param name="SegmentSeconds">For each byte, the run written.</param>
internal sealed record PieceSample(double Bytes, long Pieces, long ModelBytes, double SegmentSeconds);
