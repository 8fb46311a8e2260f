namespace Bytemill.Pipeline;

/// <summary>One stage that a job has begun.</summary>
/// <param name="Number">Its number.</param>
/// <param name="Kind">What its tasks do.</param>
/// <param name="Tasks">How many it has.</param>
/// <param name="Done">How many of them are done.</param>
/// <param name="Running">How many run.</param>
/// <param name="Troubled">Of how many an attempt came to nothing, since the present coordinator took over.</param>
/// <param name="Stragglers">How many run and take long.</param>
/// <param name="StartedAt">When it was begun or gone on with, in milliseconds since 1970-01-01 UTC; 0 for before the present coordinator.</param>
/// <param name="ElapsedMs">For how long it has been running, or how long it took; 0 where that is not known any more.</param>
/// <param name="IsOpen">Whether it is the one that is worked on.</param>
public sealed record StageReport(
    int Number, StageKind Kind, int Tasks, int Done, int Running, int Troubled, int Stragglers, long StartedAt, long ElapsedMs, bool IsOpen);
