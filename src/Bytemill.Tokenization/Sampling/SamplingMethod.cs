namespace Bytemill.Tokenization;

/// <summary>How a random segmentation is drawn. Numbers are on the wire and in files: never reuse one.</summary>
public enum SamplingMethod
{
    /// <summary>
    /// A segmentation has probability proportional to exp(α · Σ scores), as in bytepiece 0.6: α = 0 draws all segmentations alike,
    /// α = 1 draws by the model's own probabilities, a large α draws the best one.
    /// </summary>
    Exact = 0,

    /// <summary>
    /// The encoder's search with chance in it: a candidate takes the place of the incumbent with probability
    /// sigmoid(α · (new score − old score)), longest piece first (kexue.fm 9768).
    /// </summary>
    Viterbi = 1,
}
