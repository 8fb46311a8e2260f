using Bytemill.Tokenization;

namespace Bytemill.Pipeline;

/// <summary>The model that a job was given when it was planned: all its files are made with this one, whatever becomes of the file.</summary>
/// <param name="Sha256">Of the model, 64 lower-case hexadecimal digits.</param>
/// <param name="MaxVocabSize">The size that was asked for when it was trained.</param>
/// <param name="VocabSize">Number of ids.</param>
internal sealed record PlannedModel(string Sha256, int MaxVocabSize, int VocabSize)
{
    private const int ShownDigits = 12;

    public static PlannedModel Of(TokenizerModel model) => new(model.Hash, model.Options.MaxVocabSize, model.Vocabulary.Count);

    /// <summary>Fails unless a model that was read is this one.</summary>
    /// <param name="path">Where it was read.</param>
    /// <param name="model">What was read.</param>
    /// <exception cref="JobInputException">It is another one; names the file.</exception>
    public void Require(string path, TokenizerModel model)
    {
        if (model.Hash != Sha256)
        {
            throw new JobInputException(
                $"{path}: the model changed while the job was running (SHA-256 {Sha256[..ShownDigits]}… when planned, {model.Hash[..ShownDigits]}… now). Leave it as it is until the job ends, and run the job again.");
        }
    }
}
