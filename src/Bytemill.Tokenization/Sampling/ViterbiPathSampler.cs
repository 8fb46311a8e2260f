namespace Bytemill.Tokenization;

/// <summary>Viterbi sampling: at each position the candidates compete in turn, the longest first, each by a draw of its own.</summary>
/// <remarks>
/// The chance that the k-th candidate (k = 1, 2 …) takes the incumbent's place at document offset p comes from output p + k · 2⁴⁰ of the
/// document's generator.
/// </remarks>
internal sealed unsafe class ViterbiPathSampler : PathSampler
{
    private readonly double[] _scores;

    public ViterbiPathSampler(SamplingTable table, int smallestWindow)
        : base(table, smallestWindow) => _scores = new double[WindowLength];

    protected override void SetBeginning(int position) => _scores[position] = 0;

    // Measured by SampleBenchmarks.
    protected override void Forward(int from, int length)
    {
        double alpha = Table.Alpha;
        WeightedPiece* pieces = Table.Pieces;
        fixed (double* scores = _scores)
        {
            // SAFETY: a list ends with a piece of one byte, and no piece of a list reaches before the chunk or the window (PathSampler).
            for (int position = from + 1; position <= from + length; position++)
            {
                double* score = scores + position;
                int at = Lists[position];
                int bestAt = at;
                double best = score[-pieces[at].Length] + pieces[at].Weight;
                for (int draw = 1; pieces[at].Length != 1; draw++)
                {
                    at++;
                    double candidate = score[-pieces[at].Length] + pieces[at].Weight;
                    if (LogisticDraw.Replaces(alpha * (candidate - best), RandomBits(position, draw)))
                    {
                        best = candidate;
                        bestAt = at;
                    }
                }

                *score = best;
                Lists[position] = bestAt;
            }
        }
    }

    protected override int Choose(int position) => Lists[position];

    protected override void SlideValues(int shift, int count) => Array.Copy(_scores, shift, _scores, 0, count);

    protected override void SaveEdge(int start, int count, out double[] values, out long[] scales) =>
        (values, scales) = (_scores.AsSpan(start, count).ToArray(), []);

    protected override void LoadEdge(double[] values, long[] scales) => values.CopyTo(_scores, 0);
}
