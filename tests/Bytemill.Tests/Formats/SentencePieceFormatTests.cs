using System.Diagnostics;
using System.Text;
using Bytemill.Tokenization;

namespace Bytemill.Tests;

public sealed class SentencePieceFormatTests : IDisposable
{
    private const int FirstNonAsciiId = Vocabulary.FirstPieceId + 0x80;

    private readonly string _folder = Directory.CreateTempSubdirectory("bytemill").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [MemberData(nameof(GoldenCases.Names), MemberType = typeof(GoldenCases))]
    public void Write_LoadedBySentencePiece_GivesTheSameIdsUpToRounding(string name)
    {
        GoldenCase golden = GoldenCases.Load(name);
        if (!golden.Options.EnsureUnicode)
        {
            // Pieces that begin inside a character do not fit into the format.
            Assert.All(golden.Models, file => Assert.Throws<ModelExportException>(() => FormatModels.Write(FormatModels.Golden(golden, file.Value), ModelFormat.SentencePiece)));
            return;
        }

        var scratch = new System.Buffers.ArrayBufferWriter<byte>();
        string[] lines =
        [
            .. golden.Documents.Concat(golden.Encodings.Select(encoding => encoding.Text))
                .SelectMany(text => Encoding.UTF8.GetString(TextNormalizer.ToNfc(Encoding.UTF8.GetBytes(text), scratch)).Split('\n'))
                .Where(line => !line.Contains('\0', StringComparison.Ordinal)),
        ];
        foreach ((int size, byte[] file) in golden.Models)
        {
            TokenizerModel model = FormatModels.Golden(golden, file);
            var tokenizer = new Tokenizer(model);
            int[][] found = Encode(model, lines, leaveOut: true);
            int different = 0;
            for (int i = 0; i < lines.Length; i++)
            {
                int[] expected = tokenizer.Encode(lines[i]);
                if (expected.AsSpan().SequenceEqual(found[i]))
                {
                    continue;
                }

                // Another choice among equals, as 32-bit floats see them, or other costs of characters without a piece.
                different++;
                Assert.Equal(tokenizer.Decode(expected), tokenizer.Decode(found[i]));
                double score = tokenizer.LogProbability(expected);
                bool hasBytes = found[i].Concat(expected).Any(id => id is >= FirstNonAsciiId and < Vocabulary.FirstPieceId + 256);
                Assert.True(hasBytes || score - tokenizer.LogProbability(found[i]) < -score * 1e-5, lines[i]);
            }

            Assert.True(different <= lines.Length / 50, $"{name} {size}: {different} of {lines.Length} lines differ.");
        }
    }

    [Fact]
    public void Write_LoadedBySentencePiece_RealTextDiffersForKnownReasonsAlone()
    {
        var scratch = new System.Buffers.ArrayBufferWriter<byte>();
        string[] lines = [.. CorpusTexts.Documents(500_000).SelectMany(text => Encoding.UTF8.GetString(TextNormalizer.ToNfc(Encoding.UTF8.GetBytes(text), scratch)).Split('\n'))];
        TokenizerModel model = CorpusTexts.Model();
        var tokenizer = new Tokenizer(model);
        int[][] found = Encode(model, lines);
        int rounding = 0;
        int cutCharacters = 0;
        for (int i = 0; i < lines.Length; i++)
        {
            int[] expected = tokenizer.Encode(lines[i]);
            if (expected.AsSpan().SequenceEqual(found[i]))
            {
                continue;
            }

            // The classes of docs/formats.md.
            Assert.Equal(lines[i], tokenizer.DecodeToString(found[i]));
            double score = tokenizer.LogProbability(expected);
            bool isRounding = score - tokenizer.LogProbability(found[i]) < -score * 2e-6;
            Assert.True(isRounding || expected.Concat(found[i]).Any(id => id is >= FirstNonAsciiId and < Vocabulary.FirstPieceId + 256), lines[i]);
            rounding += isRounding ? 1 : 0;
            cutCharacters += isRounding ? 0 : 1;
        }

        TestContext.Current.SendDiagnosticMessage("{0} lines: {1} differ by rounding, {2} by the cost of characters without a piece", lines.Length, rounding, cutCharacters);
        Assert.True(rounding <= lines.Length / 100 && cutCharacters <= lines.Length / 20, $"Of {lines.Length} lines, {rounding} differ by rounding, {cutCharacters} by the cost of characters without a piece.");
    }

    [Fact]
    public void Write_LoadedBySentencePiece_KeepsSpacesAndSpecialNamesAsText()
    {
        // No dummy prefix, no stripped or joined spaces, and ▁ is not taken for a space.
        string[] lines = ["", " ", "  the  in ", "▁a a", "<eos>", "<|end|><é>", "<0x41>", "\t\t\r", "x中文é😀😀한", "中한국文"];
        TokenizerModel model = new(FormatModels.Vocabulary, new ModelOptions(), ["<|end|>", "<é>"]);
        var tokenizer = new Tokenizer(model);
        Assert.Equal([.. lines.Select(line => tokenizer.Encode(line))], Encode(model, lines));
    }

    [Fact]
    public void Write_DecodedBySentencePiece_GivesTheText()
    {
        string[] lines = ["  the  in ", "<eos>", "x中文é😀😀한", "a\"b\\"];
        TokenizerModel model = new(FormatModels.Vocabulary, new ModelOptions());
        var tokenizer = new Tokenizer(model);
        string[] decoded = Run("spm_decode", "--input_format=id", model, [.. lines.Select(line => string.Join(' ', tokenizer.Encode(line)))]);
        Assert.Equal(lines, decoded);
    }

    [Fact]
    public void Write_UnsupportedPieces_AreRefusedOrLeftOut()
    {
        TokenizerModel model = new(
            Vocabulary.Create(
                Enumerable.Range(0, 256).Select(b => KeyValuePair.Create(new[] { (byte)b }, 1L))
                    .Append(KeyValuePair.Create(new byte[] { 0xB8, 0xAD }, 9L))
                    .Append(KeyValuePair.Create(new byte[] { 0, 0 }, 9L))
                    .Append(KeyValuePair.Create("ab"u8.ToArray(), 9L))),
            new ModelOptions());
        using var stream = new MemoryStream();
        var error = Assert.Throws<ModelExportException>(() => SentencePieceFormat.Write(model, stream));
        Assert.StartsWith("2 pieces are no valid UTF-8 or have a zero byte, which SentencePiece cannot hold; the first is id 259 (0x0000).", error.Message, StringComparison.Ordinal);
        Assert.Equal(0, stream.Length);
        Assert.Equal(2, SentencePieceFormat.Write(model, stream, leaveOutUnsupported: true));
        stream.Position = 0;
        Assert.Equal(model.Hash, SentencePieceFormat.Read(stream).Hash);
        int[][] ids = Encode(model, ["ab\u4E2D"], leaveOut: true);
        Assert.Equal([260, 3 + 0xE4, 3 + 0xB8, 3 + 0xAD], ids[0]);
    }

    [Theory]
    [InlineData("<unk>")]
    [InlineData("<0x41>")]
    public void Write_SpecialTokenOfSentencePiece_IsRefused(string name)
    {
        var error = Assert.Throws<ModelExportException>(() => FormatModels.Write(TestModels.Small(special: name), ModelFormat.SentencePiece));
        Assert.Contains($"'{name}' has the name of a piece that SentencePiece needs", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_ModelOfSentencePiece_SaysWhyItCannot()
    {
        // <unk>, <s>, </s> and pieces, as spm_train writes them.
        var output = new System.Buffers.ArrayBufferWriter<byte>();
        foreach (string piece in (ReadOnlySpan<string>)["<unk>", "<s>", "</s>", "▁the", "▁"])
        {
            var message = new System.Buffers.ArrayBufferWriter<byte>();
            ProtobufWriter.WriteString(message, 1, piece);
            ProtobufWriter.WriteFloat(message, 2, -3.5f);
            ProtobufWriter.WriteBytes(output, 1, message.WrittenSpan);
        }

        var error = Assert.Throws<ModelFormatException>(() => ModelFormats.Read(new MemoryStream(output.WrittenSpan.ToArray()), "spm.model"));
        Assert.StartsWith("spm.model, piece 3: found no count; expected the counts that Bytemill writes. Only a SentencePiece model written by Bytemill can be imported", error.Message, StringComparison.Ordinal);
    }

    private int[][] Encode(TokenizerModel model, string[] lines, bool leaveOut = false) =>
        [.. Run("spm_encode", "--output_format=id", model, lines, leaveOut).Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(int.Parse).ToArray())];

    private string[] Run(string program, string format, TokenizerModel model, string[] lines, bool leaveOut = false)
    {
        string? path = Environment.GetEnvironmentVariable("PATH")?.Split(Path.PathSeparator).Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);
        Assert.SkipWhen(path is null, $"No {program} here; it is in Debian's package 'sentencepiece'.");
        string modelPath = Path.Combine(_folder, "spm.model");
        using (FileStream file = File.Create(modelPath))
        {
            SentencePieceFormat.Write(model, file, leaveOut);
        }

        string input = Path.Combine(_folder, "in.txt");
        string output = Path.Combine(_folder, "out.txt");
        File.WriteAllText(input, string.Concat(lines.Select(line => line + "\n")), new UTF8Encoding(false));
        using Process process = Process.Start(new ProcessStartInfo(path!, [$"--model={modelPath}", format, $"--input={input}", $"--output={output}"]) { RedirectStandardError = true })!;
        string errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, errors);
        string[] found = File.ReadAllText(output).Split('\n')[..^1];
        Assert.Equal(lines.Length, found.Length);
        return found;
    }
}
