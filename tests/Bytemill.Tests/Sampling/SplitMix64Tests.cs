using Bytemill.Tokenization;

namespace Bytemill.Tests;

public class SplitMix64Tests
{
    // As published: outputs of Vigna's splitmix64.c, for example at rosettacode.org/wiki/Pseudo-random_numbers/Splitmix64.
    [Theory]
    [InlineData(1234567UL, new[] { 6457827717110365317UL, 3203168211198807973UL, 9817491932198370423UL, 4593380528125082431UL, 16408922859458223821UL })]
    [InlineData(0UL, new[] { 0xE220A8397B1DCDAFUL, 0x6E789E6AA1B965F4UL, 0x06C45D188009454FUL, 0xF88BB8A8724C81ECUL })]
    public void Output_PublishedVectors_AreGiven(ulong seed, ulong[] outputs) =>
        Assert.Equal(outputs, outputs.Select((_, index) => SplitMix64.Output(seed, (ulong)index)));

    [Fact]
    public void DocumentSeed_OfAPlace_NeverChanges()
    {
        Assert.Equal(
            SplitMix64.Output(SplitMix64.Output(SplitMix64.Output(42, 2), 7), 123_456_789_012),
            DocumentSeed.Of(42, 2, 7, 123_456_789_012));
        Assert.Equal(PinnedSeed, DocumentSeed.Of(42, 2, 7, 3));
    }

    [Fact]
    public void DocumentSeed_NeighbouringPlaces_AllDiffer()
    {
        HashSet<ulong> seeds = [];
        for (int i = 0; i < 10_000; i++)
        {
            Assert.True(seeds.Add(DocumentSeed.Of((ulong)(i % 10), i / 10 % 10, i / 100 % 10, i / 1000)));
        }
    }

    [Fact]
    public void DocumentSeed_NegativeIndex_Throws() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => DocumentSeed.Of(1, 0, 0, -1));

    private const ulong PinnedSeed = 169494845309084103;
}
