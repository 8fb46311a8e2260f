using System.Globalization;
using Bytemill.Tokenization;
using CsCheck;

namespace Bytemill.Tests;

/// <summary>Any bytes give a model or a <see cref="ModelFormatException"/>: no other exception, no hang, no huge allocation.</summary>
/// <remarks>BYTEMILL_FUZZ_SECONDS makes it run longer; what breaks something goes to <c>tests/data/malformed</c>.</remarks>
public class FormatFuzzTests
{
    private static readonly int s_seconds = int.Parse(Environment.GetEnvironmentVariable("BYTEMILL_FUZZ_SECONDS") ?? "0", CultureInfo.InvariantCulture);

    public static TheoryData<ModelFormat> Formats => [.. Enum.GetValues<ModelFormat>()];

    [Theory]
    [MemberData(nameof(Formats))]
    public void Read_DamagedFile_GivesModelOrFormatException(ModelFormat format)
    {
        byte[] valid = FormatModels.Write(format == ModelFormat.BytePiece ? FormatModels.Plain : FormatModels.Full, format);
        Func<Stream, TokenizerModel> own = Reader(format);
        int number = 0;
        FormatMutations.Of(valid).Sample(file =>
        {
            file = format is ModelFormat.Bytemill or ModelFormat.Compiled && Interlocked.Increment(ref number) % 4 != 0 ? FormatMutations.WithChecksum(file, format) : file;
            FormatMutations.Read(file, own);
            FormatMutations.Read(file, stream => ModelFormats.Read(stream));
        }, iter: 1500, time: s_seconds > 0 ? s_seconds : -1, print: file => Convert.ToBase64String(file));
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void Read_AnyBytes_GivesModelOrFormatException(ModelFormat format)
    {
        byte[] valid = FormatModels.Write(FormatModels.Plain, format);
        Gen.Select(Gen.Int[0, 40], Gen.Byte.Array[0, 200]).Sample((length, bytes) =>
            FormatMutations.Read([.. valid[..length], .. bytes], Reader(format)), iter: 500);
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void Read_TruncatedAnywhere_GivesFormatException(ModelFormat format)
    {
        byte[] valid = FormatModels.Write(FormatModels.Plain, format);

        // Every length near the ends, where the structure is, and a prime step between.
        for (int length = 0; length < valid.Length; length += length < 600 || valid.Length - length < 900 ? 1 : 7)
        {
            var error = Assert.Throws<ModelFormatException>(() => ModelFormats.Read(new MemoryStream(valid, 0, length), "cut"));
            Assert.StartsWith("cut", error.Message, StringComparison.Ordinal);
        }
    }

    private static Func<Stream, TokenizerModel> Reader(ModelFormat format) => format switch
    {
        ModelFormat.Compiled => stream => Tokenizer.Load(stream).Model,
        ModelFormat.BytePiece => stream => BytePieceFormat.Read(stream),
        ModelFormat.HuggingFace => stream => HuggingFaceFormat.Read(stream),
        ModelFormat.SentencePiece => stream => SentencePieceFormat.Read(stream),
        ModelFormat.Tsv => stream => TsvFormat.Read(stream),
        _ => stream => ModelFile.Read(stream),
    };
}
