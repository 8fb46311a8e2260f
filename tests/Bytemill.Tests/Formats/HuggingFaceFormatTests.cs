using System.Text;
using System.Text.Json;
using Bytemill.Tokenization;

namespace Bytemill.Tests;

public sealed class HuggingFaceFormatTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("bytemill").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [MemberData(nameof(GoldenCases.Names), MemberType = typeof(GoldenCases))]
    public void Write_LoadedByHuggingFace_GivesTheSameIds(string name)
    {
        GoldenCase golden = GoldenCases.Load(name);
        var faults = new List<string>();
        foreach ((int size, byte[] file) in golden.Models)
        {
            TokenizerModel model = FormatModels.Golden(golden, file);
            using Tokenizers.DotNet.Tokenizer theirs = Load(model);
            var ours = new Tokenizer(model);
            foreach (string text in golden.Documents.Concat(golden.Encodings.Select(encoding => encoding.Text)).Where(text => text.Length > 0))
            {
                int[] expected = ours.Encode(text);
                int[] found = [.. theirs.Encode(text).Select(id => (int)id)];
                if (!expected.AsSpan().SequenceEqual(found) || theirs.Decode([.. found.Select(id => (uint)id)]) != ours.DecodeToString(expected))
                {
                    faults.Add($"{size}: {text[..Math.Min(60, text.Length)]}");
                }
            }
        }

        Assert.Empty(faults);
    }

    [Fact]
    public void Write_LoadedByHuggingFace_RealTextGivesTheSameIds()
    {
        TokenizerModel model = CorpusTexts.Model();
        using Tokenizers.DotNet.Tokenizer theirs = Load(model);
        var ours = new Tokenizer(model);
        Assert.DoesNotContain(CorpusTexts.Documents(300_000), text => !ours.Encode(text).AsSpan().SequenceEqual([.. theirs.Encode(text).Select(id => (int)id)]));
    }

    [Fact]
    public void Write_LoadedByHuggingFace_TextsOfAllKindsGiveTheSameIds()
    {
        foreach (TokenizerModel model in (ReadOnlySpan<TokenizerModel>)[TestModels.Small(special: "<x>"), FormatModels.Full, TestModels.Small(isolateDigits: true)])
        {
            using Tokenizers.DotNet.Tokenizer theirs = Load(model);
            var ours = new Tokenizer(model);
            string[] names = [.. model.SpecialTokens.Names];
            CsCheck.Check.Sample(TestTexts.Text, text =>
            {
                // Special tokens are found in any text there, and where the caller allows it here.
                int[] expected = ours.Encode(text, new EncodeOptions { AllowedSpecial = [.. names] });
                Assert.Equal(expected, text.Length == 0 ? [] : theirs.Encode(text).Select(id => (int)id));
            }, iter: 300, threads: 1);
        }
    }

    [Fact]
    public void Write_Structure_IsThatOfTheFormat()
    {
        using JsonDocument document = JsonDocument.Parse(FormatModels.Write(FormatModels.Full, ModelFormat.HuggingFace));
        JsonElement root = document.RootElement;
        Assert.Equal(JsonValueKind.Null, root.GetProperty("normalizer").ValueKind);
        Assert.Equal("ByteLevel", root.GetProperty("decoder").GetProperty("type").GetString());
        JsonElement model = root.GetProperty("model");
        Assert.Equal("Unigram", model.GetProperty("type").GetString());
        Assert.Equal(FormatModels.Vocabulary.Count, model.GetProperty("vocab").GetArrayLength());
        (int Id, string Content)[] added = [.. root.GetProperty("added_tokens").EnumerateArray().Select(token => (token.GetProperty("id").GetInt32(), token.GetProperty("content").GetString()!))];
        Assert.Equal([(0, "<pad>"), (1, "<bos>"), (2, "<eos>"), (FormatModels.Vocabulary.Count, "<|end|>"), (FormatModels.Vocabulary.Count + 1, "<é \"\\>")], added);
        for (int id = Vocabulary.FirstPieceId; id < FormatModels.Vocabulary.Count; id++)
        {
            JsonElement entry = model.GetProperty("vocab")[id];
            Assert.Equal(FormatModels.Vocabulary.GetPiece(id), ByteLevelAlphabet.ToBytes(entry[0].GetString()!)!);
            Assert.Equal(FormatModels.Vocabulary.GetScore(id), entry[1].GetDouble());
        }
    }

    [Fact]
    public void WriteConfig_Json_NamesTheSpecialTokens()
    {
        using var stream = new MemoryStream();
        HuggingFaceFormat.WriteConfig(FormatModels.Full, stream);
        using JsonDocument document = JsonDocument.Parse(stream.ToArray());
        Assert.Equal("<bos>", document.RootElement.GetProperty("bos_token").GetString());
        Assert.Equal("<é \"\\>", document.RootElement.GetProperty("additional_special_tokens")[1].GetString());
    }

    [Fact]
    public void Write_SpecialTokenThatIsAPiece_IsRefused()
    {
        // One text has one id there.
        var error = Assert.Throws<ModelExportException>(() => FormatModels.Write(TestModels.Small(special: "<|end|>"), ModelFormat.HuggingFace));
        Assert.Contains("special token '<|end|>' (id ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_ChangedScoreOrRule_IsRefused()
    {
        string file = Encoding.UTF8.GetString(FormatModels.Write(FormatModels.Full, ModelFormat.HuggingFace));
        foreach ((string old, string changed) in ((string, string)[])[("\"behavior\": \"Isolated\"", "\"behavior\": \"Removed\""), ("[\"th\", -", "[\"th\", -1"), ("\"special\": true", "\"special\": false")])
        {
            Assert.Contains(old, file, StringComparison.Ordinal);
            var error = Assert.Throws<ModelFormatException>(() => ModelFormats.Read(new MemoryStream(Encoding.UTF8.GetBytes(file.Replace(old, changed, StringComparison.Ordinal))), "t.json"));
            Assert.Contains("as Bytemill writes this model. The file was changed after the export", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Read_FileOfAnotherProgram_SaysWhyItCannot()
    {
        const string File = """{"version": "1.0", "added_tokens": [], "model": {"type": "Unigram", "unk_id": 0, "vocab": [["<unk>", 0.0], ["a", -1.5]]}}""";
        var error = Assert.Throws<ModelFormatException>(() => ModelFormats.Read(new MemoryStream(Encoding.UTF8.GetBytes(File)), "t.json"));
        Assert.Equal("t.json, model.bytemill_model: found nothing; expected a member of this name. Only a tokenizer.json written by Bytemill can be imported: "
            + "other files hold scores without counts. See docs/formats.md.", error.Message);
    }

    private Tokenizers.DotNet.Tokenizer Load(TokenizerModel model)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && System.Runtime.InteropServices.RuntimeInformation.ProcessArchitecture == System.Runtime.InteropServices.Architecture.X64, "The library of Hugging Face is here for Linux on x64.");
        string path = Path.Combine(_folder, Guid.NewGuid().ToString("N") + ".json");
        File.WriteAllBytes(path, FormatModels.Write(model, ModelFormat.HuggingFace));
        return new Tokenizers.DotNet.Tokenizer(path);
    }
}
