using Bytemill.Pipeline;

namespace Bytemill.App;

/// <summary>The attempts at a task that a job failed of, for standard error.</summary>
internal static class PoisonReport
{
    public static void Write(PoisonTask? poison)
    {
        foreach (string line in Lines(poison))
        {
            Console.Error.WriteLine(line);
        }
    }

    public static IEnumerable<string> Lines(PoisonTask? poison) => poison is null
        ? []
        : poison.Attempts.Select(attempt => Units.Format(
            $"  {poison.Kind.Describe()}, task {poison.Index}, attempt {attempt.Attempt} on {attempt.Owner}: {attempt.Reason}"));
}
