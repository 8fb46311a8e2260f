using System.Globalization;
using System.IO.Compression;
using System.Text;
using Bytemill.Tokenization;

namespace Bytemill.Tests;

public class ModelFormatsTests
{
    public static TheoryData<ModelFormat> Formats => [.. Enum.GetValues<ModelFormat>()];

    [Theory]
    [MemberData(nameof(Formats))]
    public void Read_AfterWrite_GivesTheSameModelAndBytes(ModelFormat format)
    {
        // The reference's JSON has neither options nor special tokens.
        TokenizerModel model = format == ModelFormat.BytePiece ? FormatModels.Plain : FormatModels.Full;
        byte[] file = FormatModels.Write(model, format);
        TokenizerModel read = ModelFormats.Read(new MemoryStream(file));
        Assert.Equal(model.Hash, read.Hash);
        Assert.Equal(file, FormatModels.Write(read, format));
        Assert.Equal(format, ModelFormats.Detect(file));
    }

    [Theory]
    [MemberData(nameof(GoldenCases.Names), MemberType = typeof(GoldenCases))]
    public void Read_AfterWrite_GivesTheGoldenModels(string name)
    {
        GoldenCase golden = GoldenCases.Load(name);
        foreach ((int _, byte[] file) in golden.Models)
        {
            TokenizerModel model = FormatModels.Golden(golden, file);
            Assert.Equal(file, FormatModels.Write(model, ModelFormat.BytePiece));
            foreach (ModelFormat format in (ReadOnlySpan<ModelFormat>)[ModelFormat.Bytemill, ModelFormat.HuggingFace, ModelFormat.Tsv])
            {
                Assert.Equal(model.Hash, ModelFormats.Read(new MemoryStream(FormatModels.Write(model, format))).Hash);
            }
        }
    }

    [Theory]
    [InlineData("bytepiece.plus.80k.zip")]
    [InlineData("bytepiece.plus.160k.zip")]
    public void Read_PublishedModel_GoesThroughEveryFormat(string name)
    {
        using Stream stream = TestModels.OpenGolden(name);
        TokenizerModel model = ModelFormats.Read(stream);
        foreach (ModelFormat format in (ReadOnlySpan<ModelFormat>)[ModelFormat.Bytemill, ModelFormat.HuggingFace, ModelFormat.Tsv])
        {
            Assert.Equal(model.Hash, ModelFormats.Read(new MemoryStream(FormatModels.Write(model, format))).Hash);
        }

        // Trained without ensure_unicode, so with pieces that begin inside a character.
        Assert.Throws<ModelExportException>(() => FormatModels.Write(model, ModelFormat.SentencePiece));
        using var spm = new MemoryStream();
        Assert.InRange(SentencePieceFormat.Write(model, spm, leaveOutUnsupported: true), 1, 10_000);
        spm.Position = 0;
        Assert.Equal(model.Hash, ModelFormats.Read(spm).Hash);
    }

    [Fact]
    public void Write_UnderAnotherCulture_IsTheSame()
    {
        CultureInfo before = CultureInfo.CurrentCulture;
        byte[][] expected = [.. Enum.GetValues<ModelFormat>().Select(format => FormatModels.Write(FormatModels.Full, format))];
        var other = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        other.NumberFormat.NumberDecimalSeparator = ",";
        other.NumberFormat.NegativeSign = "−";
        try
        {
            CultureInfo.CurrentCulture = other;
            Assert.Equal(expected, [.. Enum.GetValues<ModelFormat>().Select(format => FormatModels.Write(FormatModels.Full, format))]);
            Assert.All(expected, file => ModelFormats.Read(new MemoryStream(file)));
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Theory]
    [InlineData("out/model.bytemill", ModelFormat.Bytemill)]
    [InlineData("out/model.bytemillc", ModelFormat.Compiled)]
    [InlineData("hub/tokenizer.json", ModelFormat.HuggingFace)]
    [InlineData("my.tokenizer.json", ModelFormat.HuggingFace)]
    [InlineData("a.JSON", ModelFormat.BytePiece)]
    [InlineData("spm.model", ModelFormat.SentencePiece)]
    [InlineData("a.tsv", ModelFormat.Tsv)]
    [InlineData("a.bin", null)]
    [InlineData("", null)]
    public void FromFileName_Extension_TellsTheFormat(string path, ModelFormat? format) => Assert.Equal(format, ModelFormats.FromFileName(path));

    [Fact]
    public void Read_OtherFiles_SaysWhatTheyAre()
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionMode.Compress, leaveOpen: true))
        {
            gzip.Write(FormatModels.Write(FormatModels.Plain, ModelFormat.BytePiece));
        }

        using var archive = new MemoryStream();
        using (var zip = new ZipArchive(archive, ZipArchiveMode.Create, leaveOpen: true))
        {
            zip.CreateEntry("model.json");
        }

        (byte[] File, string Message)[] cases =
        [
            ([], "m, byte 0: found an empty file;"),
            (packed.ToArray(), "found a gzip file; expected a model of Bytemill, bytepiece (JSON), Hugging Face (tokenizer.json), SentencePiece or TSV. Unpack it first"),
            ([0x50, 0x4B, 3, 4, .. archive.ToArray()], "found a zip archive"),
            ("\uFEFF{}"u8.ToArray(), "found a byte order mark"),
            ("id,piece"u8.ToArray(), "found bytes 69642C7069656365;"),
            (Encoding.Unicode.GetBytes("\uFEFF{\"AA==\""), "found text in UTF-16;"),
        ];
        foreach ((byte[] file, string message) in cases)
        {
            var error = Assert.Throws<ModelFormatException>(() => ModelFormats.Read(new MemoryStream(file), "m"));
            Assert.Contains(message, error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void ReadFile_GigabytesOfZeros_AreRefusedByTheirBeginning()
    {
        string path = Path.GetTempFileName();
        try
        {
            using (FileStream file = File.OpenWrite(path))
            {
                // Sparse: nothing is written.
                file.SetLength(2L << 30);
            }

            long before = GC.GetAllocatedBytesForCurrentThread();
            var error = Assert.Throws<ModelFormatException>(() => ModelFormats.ReadFile(path));
            Assert.Contains("byte 0: found bytes 00000000000000000000000000000000;", error.Message, StringComparison.Ordinal);
            Assert.Throws<ModelFormatException>(() => ModelFormats.DetectFile(path));
            foreach (Func<Stream, TokenizerModel> read in (Func<Stream, TokenizerModel>[])[s => BytePieceFormat.Read(s), s => HuggingFaceFormat.Read(s), s => SentencePieceFormat.Read(s), s => TsvFormat.Read(s)])
            {
                using FileStream file = File.OpenRead(path);
                Assert.Throws<ModelFormatException>(() => read(file));
                Assert.InRange(file.Position, 0, 1 << 16);
            }

            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 21);
        }
        finally
        {
            File.Delete(path);
        }
    }
}
