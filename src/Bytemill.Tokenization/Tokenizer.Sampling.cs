namespace Bytemill.Tokenization;

public sealed partial class Tokenizer
{
    /// <summary>A sampler of random segmentations; computes its tables, a tenth of a second for 80 000 pieces. Keep it and use it again.</summary>
    /// <param name="options">What is drawn; null for the defaults.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    public TokenSampler CreateSampler(SamplingOptions? options = null) => new(this, options ?? new SamplingOptions());

    internal SpecialTokenMatcher? AllowedMatcher(EncodeOptions? options) => MatcherFor(options);
}
