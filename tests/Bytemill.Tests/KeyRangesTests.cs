using Bytemill.Training;
using CsCheck;

namespace Bytemill.Tests;

public class KeyRangesTests
{
    [Fact]
    public void KeyOf_ShortAndLong_IsBigEndianAndPadded()
    {
        Assert.Equal(0UL, KeyRanges.KeyOf([]));
        Assert.Equal(0x0102_0000_0000_0000UL, KeyRanges.KeyOf([1, 2]));
        Assert.Equal(0x0102_0304_0506_0708UL, KeyRanges.KeyOf([1, 2, 3, 4, 5, 6, 7, 8, 9]));
    }

    [Fact]
    public void IndexOf_AnyKey_IsTheRangeItLiesIn() =>
        Gen.Select(Gen.ULong.Array[0, 40], Gen.Int[1, 9], Gen.ULong.Array[1, 20]).Sample((sample, count, keys) =>
        {
            KeyRanges ranges = KeyRanges.FromSample(sample, count);
            Assert.InRange(ranges.Count, 1, count);
            foreach (ulong key in keys.Concat(ranges.Starts))
            {
                int index = ranges.IndexOf(key);
                Assert.True(ranges.Starts[index] <= key);
                Assert.True(index + 1 == ranges.Count || key < ranges.Starts[index + 1]);
            }
        });

    [Fact]
    public void Constructor_NotFromZeroOrNotAscending_Throws()
    {
        Assert.Throws<ArgumentException>(() => new KeyRanges([]));
        Assert.Throws<ArgumentException>(() => new KeyRanges([1]));
        Assert.Throws<ArgumentException>(() => new KeyRanges([0, 5, 5]));
    }

    [Theory]
    [InlineData(0, "61", 0x6161000000000000UL, true)]
    [InlineData(1, "61", 0x6161000000000000UL, true)]
    [InlineData(0, "60", 0x6161000000000000UL, false)]
    [InlineData(0, "60", 0x6100000000000000UL, false)]
    [InlineData(1, "61", 0x6100000000000000UL, false)]
    [InlineData(0, "6161", 0x6161000000000001UL, true)]
    public void IsBorder_PrefixCutOrWhole_IsTold(int shard, string prefix, ulong start, bool expected)
    {
        byte[] bytes = Convert.FromHexString(prefix);
        Assert.Equal(expected, new KeyRanges([0, start]).IsBorder(shard, KeyRanges.KeyOf(bytes), bytes.Length));
    }
}
