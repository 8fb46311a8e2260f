using System.Text;
using Bytemill.Web.Models;

namespace Bytemill.Tests;

public class PieceScriptsTests
{
    [Theory]
    [InlineData(" the", PieceScript.Latin)]
    [InlineData("naïve", PieceScript.Latin)]
    [InlineData("ﬁ", PieceScript.Latin)]
    [InlineData("слово", PieceScript.Cyrillic)]
    [InlineData("λόγος", PieceScript.Greek)]
    [InlineData("中文", PieceScript.Han)]
    [InlineData("𠀀", PieceScript.Han)]
    [InlineData("々", PieceScript.Han)]
    [InlineData("ひらがな", PieceScript.Hiragana)]
    [InlineData("カタカナ", PieceScript.Katakana)]
    [InlineData("한국어", PieceScript.Hangul)]
    [InlineData("الله", PieceScript.Arabic)]
    [InlineData("हिन्दी", PieceScript.Devanagari)]
    [InlineData("日本の", PieceScript.Mixed)]
    [InlineData("x中", PieceScript.Mixed)]
    [InlineData("123", PieceScript.Digits)]
    [InlineData("٣٤", PieceScript.Digits)]
    [InlineData("1,5", PieceScript.Digits)]
    [InlineData(", ", PieceScript.Punctuation)]
    [InlineData("😀", PieceScript.Symbols)]
    [InlineData("+=", PieceScript.Symbols)]
    [InlineData("\n\n", PieceScript.Space)]
    [InlineData("ꓐ", PieceScript.Other)]
    public void Of_Text_IsTheScriptOfItsLetters(string text, PieceScript expected) =>
        Assert.Equal(expected, PieceScripts.Of(Encoding.UTF8.GetBytes(text)));

    [Theory]
    [InlineData("e4")]
    [InlineData("b8ad")]
    [InlineData("61ff")]
    public void Of_PartsOfCharacters_IsBytes(string hex) => Assert.Equal(PieceScript.Bytes, PieceScripts.Of(Convert.FromHexString(hex)));
}
