using System.Collections.Immutable;

namespace Bytemill.Web.Live;

/// <summary>Points in time, oldest first. When there are too many, every second one is left out, and new ones come half as often.</summary>
/// <typeparam name="TPoint">What happened at one time.</typeparam>
/// <param name="most">Points that are kept at most; at least 2.</param>
internal sealed class History<TPoint>(int most)
{
    private readonly List<TPoint> _points = [];
    private int _stride = 1;
    private int _sinceLast;

    public ImmutableArray<TPoint> Points => [.. _points];

    public void Add(TPoint point)
    {
        if (++_sinceLast < _stride && _points.Count > 0)
        {
            return;
        }

        _sinceLast = 0;
        _points.Add(point);
        if (_points.Count > most)
        {
            // The first and the last stay.
            int last = _points.Count - 1;
            int kept = 0;
            for (int i = 0; i <= last; i++)
            {
                if (i % 2 == 0 || i == last)
                {
                    _points[kept++] = _points[i];
                }
            }

            _points.RemoveRange(kept, _points.Count - kept);
            _stride *= 2;
        }
    }
}
