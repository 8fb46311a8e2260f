using System.Globalization;
using Bytemill.Corpus;
using Bytemill.Tokenization;

namespace Bytemill.Pipeline;

/// <summary>What a tokenized file says of itself, so that data and model can be matched later, whatever becomes of the manifest beside them.</summary>
internal static class OutputMetadata
{
    public const string ModelHash = "bytemill.model.sha256";

    /// <summary>Keys and values, in order.</summary>
    /// <param name="spec">The job.</param>
    /// <param name="model">What tokenizes.</param>
    /// <param name="file">What the metadata goes into.</param>
    public static IEnumerable<KeyValuePair<string, string>> Of(JobSpec spec, TokenizerModel model, TokenizedFile file)
    {
        yield return new("bytemill.version", ProgramVersion.Text);
        yield return new(ModelHash, model.Hash);
        yield return new("bytemill.model.vocab_size", Text(model.Vocabulary.Count));
        yield return new("bytemill.model.normalization", model.Options.Normalization.ToString().ToLowerInvariant());
        yield return new("bytemill.model.isolate_digits", model.Options.IsolateDigits ? "true" : "false");
        yield return new("bytemill.unicode_version", TextNormalizer.UnicodeVersion);
        yield return new("bytemill.text_column", spec.TextColumn);
        if (spec.Where is { } where)
        {
            yield return new("bytemill.where", where);
        }

        if (spec.Sample is { } sample)
        {
            yield return new("bytemill.sample", sample.ToString("R", CultureInfo.InvariantCulture));
        }

        if (spec.Limit is { } limit)
        {
            yield return new("bytemill.limit", Text(limit));
        }

        if (spec.OnError != InputErrorHandling.Fail)
        {
            yield return new("bytemill.on_error", InputErrorNames.Of(spec.OnError));
        }

        if (spec.InvalidUtf8 != InvalidUtf8Handling.Fail)
        {
            yield return new("bytemill.invalid_utf8", InputErrorNames.Of(spec.InvalidUtf8));
        }

        if (spec.Layout.TokensAround != DocumentTokens.None)
        {
            yield return new("bytemill.add_special", spec.Layout.TokensAround.ToString().ToLowerInvariant().Replace(", ", ",", StringComparison.Ordinal));
        }

        if (spec.Layout.Pack is { } length)
        {
            yield return new("bytemill.pack", Text(length));
        }

        if (spec.Layout.Split is { } split)
        {
            yield return new("bytemill.split", split);
            yield return new("bytemill.split.seed", Text(spec.Layout.SplitSeed));
        }

        if (spec.Layout.Shuffle is { } shuffle)
        {
            yield return new("bytemill.shuffle", Text(shuffle));
        }

        if (spec.Sampling is { } sampling)
        {
            yield return new("bytemill.sampling", sampling.Method.ToString().ToLowerInvariant());
            yield return new("bytemill.sampling.alpha", sampling.Alpha.ToString("R", CultureInfo.InvariantCulture));
            yield return new("bytemill.sampling.seed", Text(sampling.Seed));
            yield return new("bytemill.sampling.epoch", Text(file.Epoch.GetValueOrDefault()));
        }
    }

    private static string Text(IFormattable value) => value.ToString(null, CultureInfo.InvariantCulture);
}
