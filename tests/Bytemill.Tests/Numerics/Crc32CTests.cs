using Bytemill.Tokenization;
using CsCheck;

namespace Bytemill.Tests;

public class Crc32CTests
{
    [Fact]
    public void Finish_OfRfc3720Examples_IsWhatItSays()
    {
        Assert.Equal(0xE3069283u, Of("123456789"u8));
        Assert.Equal(0x8A9136AAu, Of(new byte[32]));
        byte[] ascending = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];
        Assert.Equal(0x46DD794Eu, Of(ascending));
    }

    [Fact]
    public void Append_InParts_IsAsAtOnce() =>
        Gen.Select(Gen.Byte.Array[0, 100], Gen.Int[0, 100]).Sample((bytes, cut) =>
        {
            int at = Math.Min(cut, bytes.Length);
            uint state = Crc32C.Append(Crc32C.Initial, bytes.AsSpan(0, at));
            Assert.Equal(Of(bytes), Crc32C.Finish(Crc32C.Append(state, bytes.AsSpan(at))));
        }, iter: 500);

    private static uint Of(ReadOnlySpan<byte> bytes) => Crc32C.Finish(Crc32C.Append(Crc32C.Initial, bytes));
}
