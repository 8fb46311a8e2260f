using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Bytemill.Tokenization;

/// <summary>
/// Exact sampling: sums over all segmentations go forward, and a path is drawn backward, each last piece in proportion to its share
/// of the sum.
/// </summary>
/// <remarks>
/// A sum is a double times a power of 2¹²⁸, so nothing over- or underflows, whatever the text, α or vocabulary. Where the sums that a position
/// needs have one power, as nearly everywhere, they are plain products and additions; no exponential or logarithm is taken.
/// The piece at document offset p is chosen by output p of the document's generator.
/// </remarks>
internal sealed unsafe class ExactPathSampler : PathSampler
{
    // Kept sums lie in between. With factors of 2^±201 and 2^16 candidates, products and sums stay within 2^±345.
    private const double Low = 1 / High;
    private const double High = 18446744073709551616.0 * 18446744073709551616.0;

    // Five powers below the highest, a candidate is less than 2^-100 of the sum.
    private const int DroppedPowers = 6;

    // The highest power of a candidate is at most so many above or below that of the sum.
    private const int PowersAbove = 3;

    // 2^(128 (i - DroppedPowers)).
    private static readonly double[] s_powers = [.. Enumerable.Range(0, DroppedPowers + PowersAbove + 1).Select(i => Math.ScaleB(1, SamplingTable.ScaleBits * (i - DroppedPowers)))];

    // Pinned, so that the pointers hold; room for a piece in front, which is only ever read for positions that no path passes.
    private readonly double[] _sumsWithRoom;
    private readonly long[] _scalesWithRoom;
    private readonly double* _sums;
    private readonly long* _scales;

    // From here on all the sums that a position needs have the power of the position before it.
    private int _evenFrom;

    public ExactPathSampler(SamplingTable table, int smallestWindow)
        : base(table, smallestWindow)
    {
        _sumsWithRoom = GC.AllocateArray<double>(WindowLength + EdgeLength, pinned: true);
        _scalesWithRoom = GC.AllocateArray<long>(WindowLength + EdgeLength, pinned: true);
        _sums = (double*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_sumsWithRoom)) + EdgeLength;
        _scales = (long*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_scalesWithRoom)) + EdgeLength;
    }

    protected override void SetBeginning(int position)
    {
        _sums[position] = 1;
        _scales[position] = 0;
        _evenFrom = Table.Scales is null ? position : int.MaxValue;
    }

    // Measured by SampleBenchmarks.
    protected override void Forward(int from, int length)
    {
        // SAFETY: a list ends with a piece of one byte, and no piece of a list reaches before the chunk or the window (PathSampler).
        WeightedPiece* pieces = Table.Pieces;
        int end = from + length + 1;
        for (int position = from + 1; position < end; position++)
        {
            if (position < _evenFrom)
            {
                AddUneven(position);
                continue;
            }

            long scale = _scales[position - 1];
            for (; position < end; position++)
            {
                double* here = _sums + position;
                WeightedPiece* piece = pieces + Lists[position];
                double sum = here[-piece->Length] * piece->Weight;
                while (piece->Length != 1)
                {
                    piece++;
                    sum += here[-piece->Length] * piece->Weight;
                }

                if (sum is < Low or > High)
                {
                    Keep(position, sum, scale);
                    break;
                }

                *here = sum;
                _scales[position] = scale;
            }
        }
    }

    protected override int Choose(int position)
    {
        int at = Lists[position];
        WeightedPiece* pieces = Table.Pieces;
        if (pieces[at].Length == 1)
        {
            return at;
        }

        double target = (RandomBits(position, 0) >> 11) * (1.0 / (1L << 53)) * _sums[position];
        long scale = _scales[position];
        double sum = 0;
        int possible = at;
        for (; ; at++)
        {
            int before = position - pieces[at].Length;
            double share = _sums[before] * pieces[at].Weight;
            long powers = _scales[before] + ScaleOf(at) - scale;
            if (powers != 0)
            {
                share *= powers is > -DroppedPowers and <= PowersAbove ? s_powers[powers + DroppedPowers] : 0;
            }

            // The same products in the same order as the sum itself, so the last brings it to the sum.
            sum += share;
            possible = share > 0 ? at : possible;
            if (target < sum)
            {
                return at;
            }

            if (pieces[at].Length == 1)
            {
                return possible;
            }
        }
    }

    protected override void SlideValues(int shift, int count)
    {
        new Span<double>(_sums + shift, count).CopyTo(new Span<double>(_sums, count));
        new Span<long>(_scales + shift, count).CopyTo(new Span<long>(_scales, count));
        _evenFrom = _evenFrom == int.MaxValue ? _evenFrom : Math.Max(0, _evenFrom - shift);
    }

    protected override void SaveEdge(int start, int count, out double[] values, out long[] scales) =>
        (values, scales) = (new Span<double>(_sums + start, count).ToArray(), new Span<long>(_scales + start, count).ToArray());

    protected override void LoadEdge(double[] values, long[] scales)
    {
        values.CopyTo(new Span<double>(_sums, values.Length));
        scales.CopyTo(new Span<long>(_scales, scales.Length));
        _evenFrom = Table.Scales is null ? values.Length - 1 + EdgeLength : int.MaxValue;
    }

    private int ScaleOf(int at) => Table.Scales is null ? 0 : Table.Scales[at];

    // As the inner loop of Forward, where powers differ; gives the same where they do not.
    private void AddUneven(int position)
    {
        WeightedPiece* pieces = Table.Pieces;
        int first = Lists[position];
        long highest = long.MinValue;
        int at = first;
        while (true)
        {
            highest = Math.Max(highest, _scales[position - pieces[at].Length] + ScaleOf(at));
            if (pieces[at].Length == 1)
            {
                break;
            }

            at++;
        }

        double sum = 0;
        for (int i = first; i <= at; i++)
        {
            int before = position - pieces[i].Length;
            long below = highest - _scales[before] - ScaleOf(i);
            if (below < DroppedPowers)
            {
                sum += _sums[before] * pieces[i].Weight * s_powers[DroppedPowers - below];
            }
        }

        Keep(position, sum, highest);
    }

    private void Keep(int position, double sum, long scale)
    {
        while (sum < Low)
        {
            sum *= High;
            scale--;
        }

        while (sum > High)
        {
            sum *= Low;
            scale++;
        }

        if (scale != _scales[position - 1] && _evenFrom != int.MaxValue)
        {
            _evenFrom = position + EdgeLength;
        }

        _sums[position] = sum;
        _scales[position] = scale;
    }
}
