using System.Globalization;
using Bytemill.Pipeline;
using CsCheck;

namespace Bytemill.Tests;

/// <summary>
/// The decision logic under schedules that lose, repeat and reorder messages and kill workers and coordinators at any point.
/// The same schedules each time; <c>BYTEMILL_SCHEDULES=N</c> tries N of them.
/// </summary>
public class CoordinatorMachineTests
{
    private const ulong Seed = 20261125;

    private static readonly Gen<(JobMode Mode, JobSize Size, ushort[] Schedule)> s_schedules = Gen.Select(
        Gen.Int[0, 2].Select(mode => (JobMode)mode),
        Gen.Select(Gen.Int[1, 4], Gen.Int[0, 3], Gen.Int[1, 3], Gen.Int[1, 3], (partitions, files, ngrams, pieces) => new JobSize(partitions, files, ngrams, pieces)),
        Gen.UShort.Array[0, 900])
        .Select(drawn => drawn.Item1 == JobMode.Tokenize ? drawn : (drawn.Item1, drawn.Item2 with { TokenizedFiles = Math.Max(1, drawn.Item2.TokenizedFiles) }, drawn.Item3));

    private static int Schedules =>
        int.TryParse(Environment.GetEnvironmentVariable("BYTEMILL_SCHEDULES"), CultureInfo.InvariantCulture, out int given) ? given : 2_000;

    [Fact]
    public void Schedules_AnyFault_EndWithEveryTaskCommittedOnce()
    {
        int takeovers = 0;
        int stepsBack = 0;
        for (uint i = 0; i < Schedules; i++)
        {
            (JobMode mode, JobSize size, ushort[] schedule) = s_schedules.Generate(new PCG(i, Seed), null, out _);
            var cluster = new SimulatedCluster(mode, size, schedule);
            try
            {
                cluster.Run();
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                Assert.Fail($"Schedule {i}, {mode}, {size}: {Shortest(mode, size, schedule, e)}");
            }

            takeovers += cluster.Takeovers;
            stepsBack += cluster.StepsBack;
        }

        // Else the schedules would try less than they are meant to.
        Assert.True(takeovers > Schedules, $"{takeovers} takeovers");
        Assert.True(stepsBack > Schedules / 20, $"{stepsBack} steps back");
    }

    // Leaves out what is not needed for the failure.
    private static string Shortest(JobMode mode, JobSize size, ushort[] schedule, Exception failure)
    {
        for (int length = schedule.Length / 2; length > 0; length /= 2)
        {
            for (int start = 0; start + length <= schedule.Length;)
            {
                ushort[] shorter = [.. schedule[..start], .. schedule[(start + length)..]];
                if (FailureOf(mode, size, shorter) is { } same)
                {
                    (schedule, failure) = (shorter, same);
                }
                else
                {
                    start += length;
                }
            }
        }

        return $"{failure}\nwith [{string.Join(", ", schedule)}]";
    }

    private static Exception? FailureOf(JobMode mode, JobSize size, ushort[] schedule)
    {
        try
        {
            new SimulatedCluster(mode, size, schedule).Run();
            return null;
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            return e;
        }
    }
}
