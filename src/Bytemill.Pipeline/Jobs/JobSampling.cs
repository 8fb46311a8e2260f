using System.Globalization;
using Bytemill.Tokenization;

namespace Bytemill.Pipeline;

/// <summary>Random segmentations of the corpus instead of the best one: how they are drawn, and how many.</summary>
public sealed record JobSampling
{
    /// <summary>Most epochs of one job; with another seed, another job draws more.</summary>
    public const int MaxEpochs = 1000;

    /// <summary>How segmentations are drawn.</summary>
    public SamplingMethod Method { get; init; } = SamplingMethod.Exact;

    /// <summary>Weight of the scores, 0 to <see cref="SamplingOptions.MaxAlpha"/>.</summary>
    public double Alpha { get; init; } = new SamplingOptions().Alpha;

    /// <summary>The seed of a document comes from this, the epoch and the document's place (<see cref="DocumentSeed"/>).</summary>
    public ulong Seed { get; init; }

    /// <summary>How often the corpus is tokenized, each time with other segmentations; 1 to <see cref="MaxEpochs"/>.</summary>
    public int Epochs { get; init; } = 1;

    /// <summary>What a sampler is told.</summary>
    public SamplingOptions Options => new() { Method = Method, Alpha = Alpha };

    /// <exception cref="JobInputException">An option is out of range.</exception>
    public void Check()
    {
        if (!Enum.IsDefined(Method))
        {
            throw new JobInputException($"Segmentations are drawn by --sampling exact or viterbi; found {(int)Method}.");
        }

        if (Alpha is not (>= 0 and <= SamplingOptions.MaxAlpha))
        {
            throw new JobInputException(string.Create(
                CultureInfo.InvariantCulture, $"The weight of the scores (--alpha) must be in [0..{SamplingOptions.MaxAlpha}]; found {Alpha}."));
        }

        if (Epochs is < 1 or > MaxEpochs)
        {
            throw new JobInputException($"The number of epochs (--epochs) must be in [1..{MaxEpochs}]; found {Epochs}.");
        }
    }
}
