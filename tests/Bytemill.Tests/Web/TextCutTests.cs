using Bytemill.Tokenization;
using Bytemill.Web.Models;
using CsCheck;

namespace Bytemill.Tests;

public class TextCutTests
{
    private static readonly LoadedModel s_model = new(new ShelvedModel("m", "m", "m", null, 0, 0, null), new Tokenizer(TestModels.Small()));

    [Fact]
    public void Of_AnyText_HasThePiecesOfTheTokenizer() =>
        TestTexts.Text.Sample(text =>
        {
            TextCut cut = TextCut.Of(s_model, text);
            int[] ids = s_model.Tokenizer.Encode(text);
            Assert.Equal(ids.Length, cut.Tokens);
            Assert.Equal(ids.Take(TextCut.MaxPieces), cut.Pieces.Select(piece => piece.Id));
            Assert.Equal(text.EnumerateRunes().Count(), cut.Characters);
        });

    [Fact]
    public void Of_SampledText_FollowsTheSeed()
    {
        var sampling = new SamplingOptions { Alpha = 0.1 };
        const string Text = "the thing in the ring, the aaabc";
        TextCut[] cuts = [.. Enumerable.Range(0, 20).Select(seed => TextCut.Of(s_model, Text, sampling, (ulong)seed))];
        Assert.True(cuts.Select(cut => string.Join(' ', cut.Pieces.Select(piece => piece.Id))).Distinct().Count() > 5);
        Assert.All(cuts, cut => Assert.Equal(Text, s_model.Tokenizer.DecodeToString([.. cut.Pieces.Select(piece => piece.Id)])));
        Assert.Equal(cuts[3].Pieces, TextCut.Of(s_model, Text, sampling, 3).Pieces);
    }

    [Fact]
    public void Of_LoneSurrogate_IsReadAsReplacement() => Assert.Equal("x\uFFFD", s_model.Tokenizer.DecodeToString([.. TextCut.Of(s_model, "x\uD800").Pieces.Select(piece => piece.Id)]));

    [Fact]
    public void Continuation_HeldBackBytes_AreGoneOnWithByTheMostFrequentFirst()
    {
        ContinuationView view = ContinuationView.Of(s_model, "see th", top: 3);
        Assert.Equal("␣th", view.HeldBack);
        Assert.True(view.CandidateCount >= view.Candidates.Length);
        Assert.Equal("␣the", view.Candidates.First(candidate => candidate.Rest.Length > 0).Piece.Text);
        Assert.Equal("e", view.Candidates.First(candidate => candidate.Rest.Length > 0).Rest);
        Assert.Equal(view.Candidates.OrderByDescending(candidate => candidate.Piece.Count).Select(candidate => candidate.Piece.Id), view.Candidates.Select(candidate => candidate.Piece.Id));
    }
}
