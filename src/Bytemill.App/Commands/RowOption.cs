using Bytemill.Corpus;
using Bytemill.Pipeline;

namespace Bytemill.App;

/// <summary>The options that choose rows of the input, the same for all commands that read one.</summary>
internal static class RowOption
{
    public const string WhereHelp = "Take only rows that meet it: comparisons of columns, also of directories (lang=zh/), joined by 'and': \"lang in (zh, ja) and score >= 0.5\". Row groups whose statistics rule it out are not read.";
    public const string SampleHelp = "Take about this fraction of these rows, the same ones every time.";
    public const string LimitHelp = "Take only the first N of these rows, in order of the files' paths.";

    /// <summary>What to read.</summary>
    /// <exception cref="CorpusException">The condition cannot be read.</exception>
    /// <exception cref="JobInputException">An option is out of range.</exception>
    public static SourceOptions Read(string textColumn, string? where, double? sample, long? limit)
    {
        if (sample is not (null or (> 0 and <= 1)))
        {
            throw new JobInputException(Units.Format($"The fraction of rows (--sample) must be more than 0 and at most 1; found {sample}."));
        }

        if (limit is < 1)
        {
            throw new JobInputException(Units.Format($"The number of rows (--limit) must be at least 1; found {limit}."));
        }

        return new SourceOptions
        {
            TextColumn = textColumn,
            Where = where is null ? null : RowCondition.Parse(where),
            Sample = sample is { } fraction ? new RowSample(fraction) : null,
        };
    }
}
