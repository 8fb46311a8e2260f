using Bytemill.Pipeline;
using Bytemill.Tokenization;

namespace Bytemill.App;

/// <summary>Reads the options of random segmentation, which <c>run</c> and <c>tokenize</c> have in common.</summary>
internal static class SamplingOption
{
    public const string Help = "Draw random segmentations instead of taking the best: exact (each in proportion to exp(alpha * score)) or viterbi. The results go to epoch=0/, epoch=1/ ... below the output.";
    public const string AlphaHelp = "With --sampling: weight of the scores, 0 (all segmentations alike) to 1000 (the best). Default: 0.2.";
    public const string EpochsHelp = "With --sampling: how often to tokenize the corpus, each time with other segmentations. Default: 1.";
    public const string SeedHelp = "With --sampling: any whole number from 0; another one draws other segmentations. Default: 0.";

    /// <exception cref="JobInputException">The method is unknown, or absent though other options are there.</exception>
    public static JobSampling? Read(string? method, double? alpha, int? epochs, ulong? seed)
    {
        if (method is null)
        {
            string? stray = alpha is not null ? "--alpha" : epochs is not null ? "--epochs" : seed is not null ? "--seed" : null;
            return stray is null ? null : throw new JobInputException($"{stray} is about random segmentations; say how to draw them with --sampling exact or --sampling viterbi.");
        }

        var defaults = new JobSampling();
        return new JobSampling
        {
            Method = method switch
            {
                "exact" => SamplingMethod.Exact,
                "viterbi" => SamplingMethod.Viterbi,
                _ => throw new JobInputException($"--sampling is exact or viterbi; found '{method}'."),
            },
            Alpha = alpha ?? defaults.Alpha,
            Epochs = epochs ?? defaults.Epochs,
            Seed = seed ?? defaults.Seed,
        };
    }
}
