namespace Bytemill.Tokenization;

/// <summary>File formats of models.</summary>
public enum ModelFormat
{
    /// <summary>Our own, <c>model.bytemill</c>: all of a model.</summary>
    Bytemill,

    /// <summary>Our own together with its automaton, <c>model.bytemillc</c>: loaded in milliseconds, by this release alone.</summary>
    Compiled,

    /// <summary>JSON of the reference implementation: pieces and counts alone.</summary>
    BytePiece,

    /// <summary><c>tokenizer.json</c> of the Hugging Face libraries.</summary>
    HuggingFace,

    /// <summary><c>.model</c> of SentencePiece.</summary>
    SentencePiece,

    /// <summary>A table of pieces, counts and scores.</summary>
    Tsv,
}
