using System.ComponentModel;
using Bytemill.App;
using Bytemill.Pipeline;

namespace Bytemill.Tests;

public sealed class ByteSizeTests
{
    [Theory]
    [InlineData("0", 0)]
    [InlineData("1000", 1000)]
    [InlineData("1000B", 1000)]
    [InlineData("3kB", 3_000)]
    [InlineData("3KiB", 3_072)]
    [InlineData("512MB", 512_000_000)]
    [InlineData("512mb", 512_000_000)]
    [InlineData("512MiB", 536_870_912)]
    [InlineData("512 MiB ", 536_870_912)]
    [InlineData("512Mi", 536_870_912)]
    [InlineData("2G", 2_000_000_000)]
    [InlineData("2GiB", 2_147_483_648)]
    [InlineData("1.5GB", 1_500_000_000)]
    [InlineData(".5kB", 500)]
    [InlineData("0.0015kB", 1)]
    [InlineData("50TB", 50_000_000_000_000)]
    [InlineData("9PB", 9_000_000_000_000_000)]
    [InlineData("8191PiB", 9_222_246_136_947_933_184)]
    public void TryParse_Size_GivesBytes(string text, long bytes)
    {
        Assert.True(ByteSize.TryParse(text, out ByteSize size));
        Assert.Equal(bytes, size.Bytes);
        Assert.Equal(bytes, ByteSize.Parse(text, "--memory").Bytes);
        Assert.Equal(size, TypeDescriptor.GetConverter(typeof(ByteSize)).ConvertFrom(text));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("  ")]
    [InlineData("MB")]
    [InlineData(".")]
    [InlineData("-1MB")]
    [InlineData("1,5GB")]
    [InlineData("1.2.3GB")]
    [InlineData("5XB")]
    [InlineData("5MBs")]
    [InlineData("5iB")]
    [InlineData("5Bi")]
    [InlineData("1e9")]
    [InlineData("٣MB")]
    [InlineData("8192PiB")]
    [InlineData("99999999999999999999PB")]
    [InlineData("99999999999999999999999999999999999999B")]
    public void TryParse_NoSize_ReturnsFalse(string? text)
    {
        Assert.False(ByteSize.TryParse(text, out _));
        JobInputException error = Assert.Throws<JobInputException>(() => ByteSize.Parse(text, "--memory"));
        Assert.Equal($"--memory takes a number of bytes such as 512MB, 2GiB or 1.5TB; found '{text}'.", error.Message);
    }

    [Fact]
    public void ToString_GivesUnitThatFits() => Assert.Equal("1.50 GB", new ByteSize(1_500_000_000).ToString());
}
