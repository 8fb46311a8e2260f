namespace Bytemill.Tokenization;

/// <summary>What is done to text before it is cut into chunks. The numbers are stored in model files.</summary>
public enum TextNormalization
{
    /// <summary>Nothing: decoding gives back the very bytes.</summary>
    None = 0,

    /// <summary>Unicode Normalization Form C, by <see cref="TextNormalizer"/>: decoding gives back the text in that form.</summary>
    Nfc = 1,
}
