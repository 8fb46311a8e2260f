namespace Bytemill.Pipeline;

/// <summary>What the coordinator must know of a plan; the plan itself is a file.</summary>
/// <param name="Size">How many tasks the stages have.</param>
/// <param name="Files">Input files.</param>
/// <param name="Rows">Rows over all files; negative where these do not tell.</param>
/// <param name="TextBytes">Bytes of text that counting and segmenting read.</param>
/// <param name="TokenizedTextBytes">Bytes of text that tokenizing reads.</param>
/// <param name="ElapsedMs">How long planning took.</param>
internal sealed record PlanFacts(JobSize Size, int Files, long Rows, long TextBytes, long TokenizedTextBytes, long ElapsedMs)
{
    public static PlanFacts Of(JobPlan plan, long elapsedMs) => new(plan.Size, plan.Files.Length, plan.Rows, plan.TextBytes, plan.TokenizedTextBytes, elapsedMs);
}
