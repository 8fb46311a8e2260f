using BenchmarkDotNet.Attributes;
using Bytemill.Training;

namespace Bytemill.Benchmarks;

/// <summary>Sorting a million random keys of 32 bits in parts: by vectors, by radix, and by the library. All copy the keys first.</summary>
[ShortRunJob]
public unsafe class SortBenchmarks
{
    private const int Total = 1 << 20;

    private readonly uint[] _random = new uint[Total];
    private readonly uint[] _keys = new uint[Total];
    private readonly uint[] _temp = new uint[Total];

    [Params(64, 1024, 16384)]
    public int PartLength { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        var random = new Random(1);
        for (int i = 0; i < Total; i++)
        {
            _random[i] = (uint)random.NextInt64(1L << 32);
        }
    }

    [Benchmark(Baseline = true)]
    public void ArraySort()
    {
        _random.CopyTo(_keys, 0);
        for (int start = 0; start < Total; start += PartLength)
        {
            Array.Sort(_keys, start, PartLength);
        }
    }

    [Benchmark]
    public void Radix() => Sort(useVectors: false);

    [Benchmark]
    public void Vectors() => Sort(VectorSorter.IsSupported);

    private void Sort(bool useVectors)
    {
        _random.CopyTo(_keys, 0);
        fixed (uint* keys = _keys)
        fixed (uint* temp = _temp)
        {
            for (int start = 0; start < Total; start += PartLength)
            {
                KeySorter<uint>.Sort(keys + start, temp, PartLength, 0, 3, useVectors);
            }
        }
    }
}
