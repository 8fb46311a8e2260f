using System.Diagnostics;
using System.Globalization;
using Bytemill.Tokenization;
using CsCheck;
using Xunit.Sdk;

namespace Bytemill.Tests;

/// <summary>Any bytes give a model or a <see cref="ModelFormatException"/>: no other exception, no hang, no huge allocation.</summary>
/// <remarks>
/// The same cases each time. BYTEMILL_FUZZ_SECONDS makes it go on to others, from BYTEMILL_FUZZ_FIRST; what breaks something goes to
/// <c>tests/data/malformed</c>.
/// </remarks>
public class FormatFuzzTests
{
    private static readonly int s_seconds = int.Parse(Environment.GetEnvironmentVariable("BYTEMILL_FUZZ_SECONDS") ?? "0", CultureInfo.InvariantCulture);
    private static readonly ulong s_first = ulong.Parse(Environment.GetEnvironmentVariable("BYTEMILL_FUZZ_FIRST") ?? "0", CultureInfo.InvariantCulture);

    public static TheoryData<ModelFormat> Formats => [.. Enum.GetValues<ModelFormat>()];

    [Theory]
    [MemberData(nameof(Formats))]
    public void Read_DamagedFile_GivesModelOrFormatException(ModelFormat format)
    {
        byte[] valid = FormatModels.Write(format == ModelFormat.BytePiece ? FormatModels.Plain : FormatModels.Full, format);
        Func<Stream, TokenizerModel> own = FormatMutations.Reader(format);
        ForEach(FormatMutations.Of(valid), 1000, (number, file) =>
        {
            file = format is ModelFormat.Bytemill or ModelFormat.Compiled && number % 4 != 0 ? FormatMutations.WithChecksum(file, format) : file;
            FormatMutations.Read(file, own);
            FormatMutations.Read(file, stream => ModelFormats.Read(stream));
        });
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void Read_AnyBytes_GivesModelOrFormatException(ModelFormat format)
    {
        byte[] valid = FormatModels.Write(FormatModels.Plain, format);
        ForEach(
            Gen.Select(Gen.Int[0, 40], Gen.Byte.Array[0, 200]).Select((length, bytes) => (byte[])[.. valid[..length], .. bytes]),
            500,
            (_, file) => FormatMutations.Read(file, FormatMutations.Reader(format)));
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void Read_TruncatedAnywhere_GivesFormatException(ModelFormat format)
    {
        byte[] valid = FormatModels.Write(FormatModels.Plain, format);

        // Every length near the ends, where the structure is, and a prime step between.
        int step = s_seconds > 0 ? 1 : 7;
        for (int length = 0; length < valid.Length; length += length < 600 || valid.Length - length < 900 ? 1 : step)
        {
            var error = Assert.Throws<ModelFormatException>(() => ModelFormats.Read(new MemoryStream(valid, 0, length), "cut"));
            Assert.StartsWith("cut", error.Message, StringComparison.Ordinal);
        }
    }

    private static void ForEach(Gen<byte[]> files, int count, Action<ulong, byte[]> check)
    {
        var watch = Stopwatch.StartNew();
        for (ulong number = s_first; number - s_first < (ulong)count || watch.Elapsed.TotalSeconds < s_seconds; number++)
        {
            // A stream of its own for each case, so that one can be repeated alone.
            byte[] file = files.Generate(new PCG(1, number * 0x9E37_79B9_7F4A_7C15), null, out _);
            try
            {
                check(number, file);
            }
            catch (Exception error)
            {
                throw new XunitException($"Case {number} (BYTEMILL_FUZZ_FIRST={number}): {Convert.ToBase64String(file)}", error);
            }
        }
    }
}
