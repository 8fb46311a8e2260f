using Bytemill.Web.Api;

namespace Bytemill.App;

/// <summary>The attempts at a task that a job failed of, for standard error.</summary>
internal static class PoisonReport
{
    public static void Write(PoisonInfo? poison)
    {
        foreach (string line in Lines(poison))
        {
            Console.Error.WriteLine(line);
        }
    }

    public static IEnumerable<string> Lines(PoisonInfo? poison) => poison is null
        ? []
        : poison.Attempts.Select(attempt => Units.Format(
            $"  {poison.Describes}, task {poison.Task}, attempt {attempt.Attempt} on {attempt.Owner}: {attempt.Reason}"));
}
