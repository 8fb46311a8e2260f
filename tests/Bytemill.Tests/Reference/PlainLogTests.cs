namespace Bytemill.Tests;

public class PlainLogTests
{
    // From Python's decimal, which rounds ln correctly. At 9170 to 278555 glibc 2.36 gives a neighbour.
    [Theory]
    [InlineData(1L, 0x0000000000000000)]
    [InlineData(2L, 0x3FE62E42FEFA39EF)]
    [InlineData(3L, 0x3FF193EA7AAD030B)]
    [InlineData(10L, 0x40026BB1BBB55516)]
    [InlineData(256L, 0x40162E42FEFA39EF)]
    [InlineData(9170L, 0x40223F54A1C504C1)]
    [InlineData(136837L, 0x4027A7310000E6DB)]
    [InlineData(141614L, 0x4027B8C2AF4020B3)]
    [InlineData(147674L, 0x4027CE36E0406E43)]
    [InlineData(277862L, 0x402911DBC61C3609)]
    [InlineData(278555L, 0x402913224425EBCF)]
    [InlineData(9007199254740992L, 0x40425E4F7B2737FA)]
    [InlineData(9007199254740993L, 0x40425E4F7B2737FA)]
    [InlineData(1000000000000000L, 0x404144F69FF9FFC4)]
    [InlineData(4611686018427387903L, 0x40457CD0E7026820)]
    [InlineData(9223372036854775807L, 0x4045D589F2FE5107)]
    public void Ln_KnownValue_HasTheseBits(long n, long bits) =>
        Assert.Equal(bits, BitConverter.DoubleToInt64Bits(PlainLog.Ln(n)));

    [Fact]
    public void Ln_NotPositive_Throws() => Assert.Throws<ArgumentOutOfRangeException>(() => PlainLog.Ln(0));
}
