namespace Bytemill.Tokenization;

/// <summary>Which random segmentations a <see cref="TokenSampler"/> draws.</summary>
public sealed record SamplingOptions
{
    /// <summary>Largest finite <see cref="Alpha"/>; far below it the best segmentation is all but certain.</summary>
    public const double MaxAlpha = 1000;

    /// <summary>How segmentations are drawn. Default <see cref="SamplingMethod.Exact"/>.</summary>
    public SamplingMethod Method { get; init; } = SamplingMethod.Exact;

    /// <summary>
    /// Weight of the scores: 0 ignores them, infinity gives what Encode gives; 0 to <see cref="MaxAlpha"/>, or infinity. Default 0.2.
    /// </summary>
    public double Alpha { get; init; } = 0.2;

    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    public void Validate()
    {
        if (!Enum.IsDefined(Method))
        {
            throw new ArgumentOutOfRangeException(nameof(Method), Method, "There is no such sampling method; use Exact or Viterbi.");
        }

        if (!(Alpha is >= 0 and <= MaxAlpha || double.IsPositiveInfinity(Alpha)))
        {
            throw new ArgumentOutOfRangeException(nameof(Alpha), Alpha, "Alpha must be in [0..1000], or infinity for the best segmentation.");
        }
    }
}
