using Bytemill.Training;

namespace Bytemill.Tests;

public unsafe class KeySorterTests
{
    private const int Guard = 32;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Sort_AnyNumberOfKeys32_SortsThemAndNothingElse(bool useVectors)
    {
        var random = new Random(11);
        IEnumerable<int> few = Enumerable.Range(0, 600);
        int[] many = [1023, 1024, 1025, 4095, 5000, VectorSorter.MaxLength - 1, VectorSorter.MaxLength, VectorSorter.MaxLength + 1, 100_000];
        foreach (int count in few.Concat(many))
        {
            // Duplicates, greatest keys (which stand for none within the network) and all sizes of keys.
            AssertSorts(Array.ConvertAll(new uint[count], _ => random.Next(4) == 0 ? uint.MaxValue : (uint)random.NextInt64(1L << random.Next(1, 33))), useVectors);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Sort_KeysThatShareBytes_SortsThem(bool useVectors)
    {
        var random = new Random(12);
        foreach (int shift in new[] { 0, 8, 16, 24 })
        {
            AssertSorts(Array.ConvertAll(new uint[90_000], _ => 0x41424344u ^ ((uint)random.Next(3) << shift)), useVectors);
        }

        AssertSorts(new uint[70_000], useVectors);
    }

    [Fact]
    public void Sort_Keys64_SortsThem()
    {
        var random = new Random(13);
        foreach (int count in new[] { 0, 1, 2, 40, 3000, 70_000 })
        {
            ulong[] keys = Array.ConvertAll(new ulong[count], _ => (ulong)random.NextInt64() >> random.Next(63));
            ulong[] expected = [.. keys.Order()];
            ulong[] temp = new ulong[count + 1];
            fixed (ulong* start = keys)
            fixed (ulong* room = temp)
            {
                KeySorter<ulong>.Sort(start, room, count, 0, 7);
            }

            Assert.Equal(expected, keys);
        }
    }

    private static void AssertSorts(uint[] keys, bool useVectors)
    {
        uint[] expected = [.. keys.Order()];
        uint[] room = new uint[keys.Length + Guard];
        uint[] temp = new uint[keys.Length + Guard];
        keys.CopyTo(room, 0);
        Array.Fill(room, 7u, keys.Length, Guard);
        Array.Fill(temp, 7u, keys.Length, Guard);
        fixed (uint* start = room)
        fixed (uint* other = temp)
        {
            // Vectors of a width that the processor lacks are imitated, slowly: the network is tested everywhere.
            KeySorter<uint>.Sort(start, other, keys.Length, 0, 3, useVectors);
        }

        Assert.True(expected.AsSpan().SequenceEqual(room.AsSpan(0, keys.Length)), $"{keys.Length} keys are out of order");
        Assert.All(room[keys.Length..].Concat(temp[keys.Length..]), value => Assert.Equal(7u, value));
    }
}
