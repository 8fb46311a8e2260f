using System.Text;

namespace Bytemill.Tests;

public class PlainEncoderTests
{
    [Theory, MemberData(nameof(GoldenCases.Names), MemberType = typeof(GoldenCases))]
    public void Encode_GoldenCase_GivesTheReferencesIds(string name)
    {
        GoldenCase golden = GoldenCases.Load(name);
        Dictionary<int, (PlainEncoder Encoder, Dictionary<string, int> Ids)> models =
            golden.Models.ToDictionary(model => model.Key, model => Open(model.Value));

        Assert.NotEmpty(golden.Encodings);
        foreach (GoldenEncoding row in golden.Encodings)
        {
            (PlainEncoder encoder, Dictionary<string, int> ids) = models[row.Size];
            Assert.Equal(row.Ids, Encode(row.Text, isolateDigits: false));
            if (row.IsolatedIds is not null)
            {
                Assert.Equal(row.IsolatedIds, Encode(row.Text, isolateDigits: true));
            }

            IEnumerable<int> Encode(string text, bool isolateDigits) =>
                encoder.EncodeText(text, isolateDigits, PlatformNfc.Normalize).Select(piece => ids[piece]);
        }
    }

    [Theory]
    [InlineData("tiny-o6-v2000-c2")]
    [InlineData("tiny-o4-v1000-c4-isodigits")]
    public void Encode_SharedTexts_GivesTheReferencesIds(string name)
    {
        string? model = SharedData.Find(name + ".model");
        string? rows = SharedData.Find($"encode-{name}.jsonl");
        Assert.SkipWhen(model is null || rows is null, $"shared/golden has no {name}.");
        (PlainEncoder encoder, Dictionary<string, int> ids) = Open(File.ReadAllBytes(model!));

        // Every third: the encoder is slow.
        foreach (GoldenEncoding row in GoldenCases.ReadLines<GoldenEncoding>(rows!).Where((_, index) => index % 3 == 0))
        {
            List<string> pieces = encoder.EncodeText(row.Text, isolateDigits: false, PlatformNfc.Normalize);
            Assert.Equal(row.Ids, pieces.Select(piece => ids[piece]));
        }
    }

    [Fact]
    public void Encode_Tie_TakesTheLongerLastPiece()
    {
        // [a][bc] and [ab][c] score the same.
        PlainEncoder encoder = new(new Dictionary<string, long> { ["a"] = 2, ["b"] = 1, ["c"] = 2, ["ab"] = 3, ["bc"] = 3 });

        Assert.Equal(["a", "bc"], encoder.Encode("abc"));
    }

    [Theory, MemberData(nameof(GoldenCases.Names), MemberType = typeof(GoldenCases))]
    public void WriteAfterRead_GoldenModel_GivesTheSameText(string name)
    {
        foreach (KeyValuePair<int, byte[]> model in GoldenCases.Load(name).Models)
        {
            Assert.Equal(Encoding.UTF8.GetString(model.Value), PlainModelJson.Write(PlainModelJson.Read(model.Value)));
        }
    }

    private static (PlainEncoder Encoder, Dictionary<string, int> Ids) Open(byte[] model)
    {
        Dictionary<string, long> pieces = PlainModelJson.Read(model);
        Dictionary<string, int> ids = PlainModelJson.InIdOrder(pieces.Keys)
            .Select((piece, index) => (piece, id: index + 3))
            .ToDictionary(entry => entry.piece, entry => entry.id);
        return (new PlainEncoder(pieces), ids);
    }
}
