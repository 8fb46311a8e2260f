using System.Text.Json;
using Bytemill.Tokenization;

namespace Bytemill.Tests;

public class GoldenEncodingTests
{
    [Theory]
    [InlineData("bytepiece.plus.80k.zip", "encode-plus.80k.jsonl")]
    [InlineData("bytepiece.plus.160k.zip", "encode-plus.160k.jsonl")]
    [InlineData("tiny-o6-v2000-c2.model", "encode-tiny-o6-v2000-c2.jsonl")]
    [InlineData("tiny-o4-v1000-c4-isodigits.model", "encode-tiny-o4-v1000-c4-isodigits.jsonl")]
    public void Encode_HardTexts_GiveTheReferencesIds(string model, string texts)
    {
        using Stream stream = TestModels.OpenGolden(model);
        Tokenizer tokenizer = Tokenizer.Load(stream);
        int line = 0;
        List<string> faults = [];
        foreach (string json in File.ReadLines(TestModels.SharedFile(texts)))
        {
            line++;
            using JsonDocument document = JsonDocument.Parse(json);
            string text = document.RootElement.GetProperty("text").GetString()!;
            int[] expected = [.. document.RootElement.GetProperty("ids").EnumerateArray().Select(id => id.GetInt32())];
            if (!tokenizer.Encode(text).AsSpan().SequenceEqual(expected))
            {
                faults.Add($"line {line}: {string.Join(' ', text.EnumerateRunes().Take(400).Select(r => r.Value.ToString("X4", null)))}");
            }
        }

        Assert.Equal(300, line);
        Assert.Empty(faults);
    }
}
