using System.Collections.Immutable;

namespace Bytemill.Training;

/// <summary>How a number of distinct things grows with text: Heaps' law K·N^β, fitted on nested samples.</summary>
/// <remarks>
/// β is that of the last two octaves of the samples, and the curve goes through the largest. A β that goes on falling as it does within small samples was tried:
/// from 16 to 300 MB of source code and manuals it came out a third too low, where this is within 5 %. Beyond the samples β is
/// at most 1, since more text does not bring more new things a byte for long.
/// </remarks>
public sealed class GrowthLaw
{
    private const double Octaves = 2;

    private readonly ImmutableArray<(double X, double Y)> _points;
    private readonly double _slope;

    private GrowthLaw(ImmutableArray<(double X, double Y)> points, double slope) => (_points, _slope) = (points, slope);

    /// <summary>Text in the largest sample, in bytes.</summary>
    public double LargestSample => Math.Exp(_points[^1].X);

    /// <summary>β beyond the samples: by how many percent the number grows when the text grows by one.</summary>
    public double Slope => _slope;

    /// <summary>Fits the law.</summary>
    /// <param name="points">Bytes of text, each more than 0 and distinct, and the number of things in it; one point or more.</param>
    /// <exception cref="ArgumentException">No points.</exception>
    public static GrowthLaw Fit(params IReadOnlyList<(double Bytes, double Things)> points)
    {
        ArgumentNullException.ThrowIfNull(points);
        if (points.Count == 0)
        {
            throw new ArgumentException("At least one sample is needed.", nameof(points));
        }

        ImmutableArray<(double X, double Y)> logs =
            [.. points.OrderBy(point => point.Bytes).Select(point => (Math.Log(point.Bytes), Math.Log(Math.Max(point.Things, 1))))];
        if (logs.Length == 1)
        {
            return new GrowthLaw(logs, 1);
        }

        (double x, double y) = logs[^1];
        // The first sample of the last two octaves; the one before the last when there is none, with a little room for uneven samples.
        (double fromX, double fromY) = logs[..^1].FirstOrDefault(point => point.X >= x - ((Octaves + 0.2) * Math.Log(2)), logs[^2]);
        return new GrowthLaw(logs, Math.Clamp((y - fromY) / (x - fromX), 0, 1));
    }

    /// <summary>The number of things in so much text; between samples on the line between them, below the smallest in proportion.</summary>
    public double At(double bytes)
    {
        double x = Math.Log(bytes);
        if (x >= _points[^1].X)
        {
            return Math.Exp(_points[^1].Y + (_slope * (x - _points[^1].X)));
        }

        if (x <= _points[0].X)
        {
            return Math.Exp(_points[0].Y + (x - _points[0].X));
        }

        int next = 1;
        while (_points[next].X < x)
        {
            next++;
        }

        ((double lowX, double lowY), (double highX, double highY)) = (_points[next - 1], _points[next]);
        return Math.Exp(lowY + ((highY - lowY) * (x - lowX) / (highX - lowX)));
    }
}
