namespace Bytemill.Web.Models;

/// <summary>What a piece is made of: the script of its letters, or what stands for one where it has none.</summary>
public enum PieceScript
{
    /// <summary>Bytes that are no text by themselves: a part of a character.</summary>
    Bytes,

    /// <summary>Spaces, newlines and control characters only.</summary>
    Space,

    /// <summary>Numbers of any script, without letters.</summary>
    Digits,

    /// <summary>Punctuation, without letters and digits.</summary>
    Punctuation,

    /// <summary>Signs, emoji and private characters, without letters and digits.</summary>
    Symbols,

    Latin,
    Greek,
    Cyrillic,
    Armenian,
    Georgian,
    Hebrew,
    Arabic,
    Syriac,
    Devanagari,
    Bengali,
    Gurmukhi,
    Gujarati,
    Oriya,
    Tamil,
    Telugu,
    Kannada,
    Malayalam,
    Sinhala,
    Thai,
    Lao,
    Tibetan,
    Myanmar,
    Khmer,
    Ethiopic,
    Mongolian,
    Hangul,
    Hiragana,
    Katakana,
    Han,

    /// <summary>Letters of a script that has no name here.</summary>
    Other,

    /// <summary>Letters of several scripts.</summary>
    Mixed,
}
