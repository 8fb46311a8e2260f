using System.Buffers;
using System.Text;
using System.Text.Unicode;
using Bytemill.Tokenization;
using Microsoft.ML.Tokenizers;
using BytemillModelTokenizer = Bytemill.Tokenization.Tokenizer;
using Tokenizer = Microsoft.ML.Tokenizers.Tokenizer;

namespace Bytemill.MLTokenizers;

/// <summary>A Bytemill model as a tokenizer of Microsoft.ML.Tokenizers. Thread-safe; the same ids as <see cref="BytemillModelTokenizer"/>.</summary>
/// <remarks>
/// Where the base class leaves room: offsets and lengths are UTF-16 code units of the normalised text where the model normalises
/// (and the caller does not switch it off), else of the text as given; a token that is a part of a character is given the whole
/// character; what is cut off at a number of tokens is never cut inside a character; lone surrogates count as U+FFFD. There is no
/// pre-tokenization to consider. Special tokens are recognised only where the options allow them by name.
/// </remarks>
public sealed class BytemillTokenizer : Tokenizer
{
    private readonly BytemillModelTokenizer _tokenizer;
    private readonly EncodeOptions _options;

    // Encodes text as it is, for callers who switch the normalisation off.
    private readonly Lazy<BytemillModelTokenizer> _exact;

    /// <summary>An adapter of <paramref name="tokenizer"/>.</summary>
    /// <param name="tokenizer">The tokenizer; shared.</param>
    /// <param name="options">What encoding adds and allows; null adds and allows nothing.</param>
    /// <exception cref="ArgumentException">An allowed special token does not exist in the model.</exception>
    public BytemillTokenizer(BytemillModelTokenizer tokenizer, EncodeOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        _tokenizer = tokenizer;
        _options = options ?? new EncodeOptions();
        TokenizerModel model = tokenizer.Model;
        _exact = new Lazy<BytemillModelTokenizer>(() => new BytemillModelTokenizer(
            new TokenizerModel(model.Vocabulary, model.Options with { Normalization = TextNormalization.None }, model.SpecialTokens.UserDefined)));
        _ = tokenizer.CountTokens(""u8, _options);
    }

    /// <summary>The tokenizer that does the work.</summary>
    public BytemillModelTokenizer Inner => _tokenizer;

    /// <summary>NFC where the model normalises, else null.</summary>
    public override Normalizer? Normalizer => _tokenizer.Model.Options.Normalization == TextNormalization.Nfc ? NfcNormalizer.Instance : null;

    /// <summary>Null: nothing is split beforehand.</summary>
    public override PreTokenizer? PreTokenizer => null;

    /// <summary>Loads a model file.</summary>
    /// <inheritdoc cref="BytemillModelTokenizer.Load(string)"/>
    public static BytemillTokenizer Load(string path, EncodeOptions? options = null) => new(BytemillModelTokenizer.Load(path), options);

    /// <summary>Loads a model; reads the stream to its end.</summary>
    /// <inheritdoc cref="BytemillModelTokenizer.Load(Stream, string)"/>
    public static BytemillTokenizer Load(Stream stream, EncodeOptions? options = null) => new(BytemillModelTokenizer.Load(stream), options);

    /// <summary>The text of <paramref name="ids"/>; ill-formed sequences of bytes become U+FFFD, special tokens nothing.</summary>
    /// <exception cref="InvalidOperationException">The model has no such id.</exception>
    public override string Decode(IEnumerable<int> ids)
    {
        ArgumentNullException.ThrowIfNull(ids);
        try
        {
            return _tokenizer.DecodeToString(ids as int[] ?? [.. ids]);
        }
        catch (ArgumentOutOfRangeException error)
        {
            throw new InvalidOperationException(error.Message, error);
        }
    }

    /// <summary>Writes the text of <paramref name="ids"/>, only whole characters.</summary>
    /// <param name="ids">Ids of the model.</param>
    /// <param name="destination">Receives the text.</param>
    /// <param name="idsConsumed">Ids whose text is written: the first is not among them whose character is not whole, or does not fit.</param>
    /// <param name="charsWritten">UTF-16 code units written.</param>
    /// <returns>
    /// Done; DestinationTooSmall; NeedMoreData when the last ids begin a character that does not end; InvalidData at an id that the
    /// model does not have.
    /// </returns>
    public override OperationStatus Decode(IEnumerable<int> ids, Span<char> destination, out int idsConsumed, out int charsWritten)
    {
        ArgumentNullException.ThrowIfNull(ids);
        idsConsumed = 0;
        charsWritten = 0;
        var open = new ArrayBufferWriter<byte>(64);
        int read = 0;
        foreach (int id in ids)
        {
            read++;
            if ((uint)id >= (uint)_tokenizer.Model.IdCount)
            {
                return OperationStatus.InvalidData;
            }

            _tokenizer.Decode([id], open);
            if (!IsWhole(open.WrittenSpan))
            {
                continue;
            }

            if (Utf8.ToUtf16(open.WrittenSpan, destination[charsWritten..], out _, out int written) != OperationStatus.Done)
            {
                return OperationStatus.DestinationTooSmall;
            }

            charsWritten += written;
            idsConsumed = read;
            open.ResetWrittenCount();
        }

        return open.WrittenCount > 0 ? OperationStatus.NeedMoreData : OperationStatus.Done;
    }

    /// <inheritdoc/>
    protected override EncodeResults<EncodedToken> EncodeToTokens(string? text, ReadOnlySpan<char> textSpan, EncodeSettings settings)
    {
        CheckMaxTokenCount(settings);
        ReadOnlySpan<char> given = text ?? textSpan;
        TokenSpan[] spans = EncodeWithOffsets(given, settings, out string? normalized, out int length);
        (int count, int consumed) = TakeFromStart(spans, length, settings.MaxTokenCount);
        var tokens = new EncodedToken[count];
        for (int i = 0; i < count; i++)
        {
            tokens[i] = new EncodedToken(spans[i].Id, ShowToken(spans[i].Id), spans[i].Start..spans[i].End);
        }

        return new EncodeResults<EncodedToken> { Tokens = tokens, NormalizedText = normalized, CharsConsumed = consumed };
    }

    /// <inheritdoc/>
    protected override EncodeResults<int> EncodeToIds(string? text, ReadOnlySpan<char> textSpan, EncodeSettings settings)
    {
        CheckMaxTokenCount(settings);
        ReadOnlySpan<char> given = text ?? textSpan;
        if (settings.MaxTokenCount == int.MaxValue)
        {
            given = Surrogates.Replace(given) ?? given;
            int[] all = TokenizerFor(settings).Encode(given, _options);
            string? normalized = NormalFormOf(given, all, settings);
            return new EncodeResults<int> { Tokens = all, NormalizedText = normalized, CharsConsumed = normalized?.Length ?? given.Length };
        }

        TokenSpan[] spans = EncodeWithOffsets(given, settings, out string? normalizedText, out int length);
        (int count, int consumed) = TakeFromStart(spans, length, settings.MaxTokenCount);
        int[] ids = new int[count];
        for (int i = 0; i < count; i++)
        {
            ids[i] = spans[i].Id;
        }

        return new EncodeResults<int> { Tokens = ids, NormalizedText = normalizedText, CharsConsumed = consumed };
    }

    /// <inheritdoc/>
    protected override int CountTokens(string? text, ReadOnlySpan<char> textSpan, EncodeSettings settings)
    {
        CheckMaxTokenCount(settings);
        ReadOnlySpan<char> given = text ?? textSpan;
        if (settings.MaxTokenCount == int.MaxValue)
        {
            return checked((int)TokenizerFor(settings).CountTokens(Surrogates.Replace(given) ?? given, _options));
        }

        TokenSpan[] spans = EncodeWithOffsets(given, settings, out _, out int length);
        return TakeFromStart(spans, length, settings.MaxTokenCount).Count;
    }

    /// <inheritdoc/>
    protected override int GetIndexByTokenCount(
        string? text, ReadOnlySpan<char> textSpan, EncodeSettings settings, bool fromEnd, out string? normalizedText, out int tokenCount)
    {
        CheckMaxTokenCount(settings);
        TokenSpan[] spans = EncodeWithOffsets(text ?? textSpan, settings, out normalizedText, out int length);
        (tokenCount, int index) = fromEnd ? TakeFromEnd(spans, length, settings.MaxTokenCount) : TakeFromStart(spans, length, settings.MaxTokenCount);
        return index;
    }

    // As many as fit, but no cut inside a character.
    private static (int Count, int Consumed) TakeFromStart(TokenSpan[] spans, int length, int max)
    {
        if (spans.Length <= max)
        {
            return (spans.Length, length);
        }

        int count = max;
        while (count > 0 && spans[count].Start < spans[count - 1].End)
        {
            count--;
        }

        return (count, count == 0 ? 0 : spans[count - 1].End);
    }

    private static (int Count, int Start) TakeFromEnd(TokenSpan[] spans, int length, int max)
    {
        if (spans.Length <= max)
        {
            return (spans.Length, 0);
        }

        int first = spans.Length - max;
        while (first < spans.Length && spans[first].Start < spans[first - 1].End)
        {
            first++;
        }

        return (spans.Length - first, first == spans.Length ? length : spans[first].Start);
    }

    private static void CheckMaxTokenCount(EncodeSettings settings)
    {
        if (settings.MaxTokenCount <= 0)
        {
            throw new ArgumentOutOfRangeException(nameof(settings), settings.MaxTokenCount, "The maximum number of tokens must be 1 or more.");
        }
    }

    private static bool IsWhole(ReadOnlySpan<byte> utf8)
    {
        // What does not end yet is at most three bytes that no further byte has proved wrong.
        for (int length = 1; length <= 3 && length <= utf8.Length; length++)
        {
            if ((utf8[^length] & 0xC0) != 0x80)
            {
                return Rune.DecodeFromUtf8(utf8[^length..], out _, out _) != OperationStatus.NeedMoreData;
            }
        }

        return true;
    }

    private TokenSpan[] EncodeWithOffsets(ReadOnlySpan<char> text, EncodeSettings settings, out string? normalized, out int length)
    {
        text = Surrogates.Replace(text) ?? text;
        normalized = null;
        length = text.Length;
        if (!Normalizes(settings))
        {
            return TokenizerFor(settings).EncodeWithOffsets(text, _options);
        }

        TokenSpan[] tokens = Layout.Create(_tokenizer, _tokenizer.Encode(text, _options), _options, out string normalForm);
        normalized = normalForm;
        length = normalForm.Length;
        return tokens;
    }

    private string? NormalFormOf(ReadOnlySpan<char> text, int[] ids, EncodeSettings settings)
    {
        if (!Normalizes(settings))
        {
            return null;
        }

        if (_options.AllowedSpecial.IsDefaultOrEmpty)
        {
            return NfcNormalizer.Instance.Normalize(text);
        }

        Layout.Create(_tokenizer, ids, _options, out string normalForm);
        return normalForm;
    }

    private bool Normalizes(EncodeSettings settings) => settings.ConsiderNormalization && Normalizer is not null;

    private BytemillModelTokenizer TokenizerFor(EncodeSettings settings) =>
        settings.ConsiderNormalization || Normalizer is null ? _tokenizer : _exact.Value;

    private string ShowToken(int id) =>
        _tokenizer.Model.SpecialTokens.TryGetName(id, out string name) ? name : Show(_tokenizer.Model.Vocabulary.GetPiece(id));

    // Bytes that are no text are shown as SentencePiece names its byte pieces.
    private static string Show(ReadOnlySpan<byte> piece)
    {
        if (Utf8.IsValid(piece))
        {
            return Encoding.UTF8.GetString(piece);
        }

        var text = new StringBuilder();
        while (!piece.IsEmpty)
        {
            bool isText = Rune.DecodeFromUtf8(piece, out Rune rune, out int length) == OperationStatus.Done;
            if (isText)
            {
                text.Append(rune);
            }
            else
            {
                foreach (byte value in piece[..length])
                {
                    text.Append(System.Globalization.CultureInfo.InvariantCulture, $"<0x{value:X2}>");
                }
            }

            piece = piece[length..];
        }

        return text.ToString();
    }
}
