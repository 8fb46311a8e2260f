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

    private static readonly Gen<Scenario> s_scenarios = Gen.Select(
        Gen.Int[0, 2].Select(mode => (JobMode)mode),
        Gen.Select(Gen.Int[1, 4], Gen.Int[0, 3], Gen.Int[1, 3], Gen.Int[1, 3], (partitions, files, ngrams, pieces) => new JobSize(partitions, files, ngrams, pieces)),
        Gen.Select(Gen.Int[1, 3], Gen.Int[1, 2], (jobs, maxRunning) => (Jobs: jobs, MaxRunning: maxRunning)),
        Gen.UShort.Array[0, 1_500])
        .Select((mode, size, jobs, schedule) => new Scenario(
            mode, mode == JobMode.Tokenize ? size : size with { TokenizedFiles = Math.Max(1, size.TokenizedFiles) }, jobs.Jobs, jobs.MaxRunning, schedule));

    private static int Schedules =>
        int.TryParse(Environment.GetEnvironmentVariable("BYTEMILL_SCHEDULES"), CultureInfo.InvariantCulture, out int given) ? given : 2_000;

    [Fact]
    public void Schedules_AnyFault_EndWithEveryTaskCommittedOnce()
    {
        int takeovers = 0;
        int stepsBack = 0;
        int pauses = 0;
        for (uint i = 0; i < Schedules; i++)
        {
            Scenario scenario = s_scenarios.Generate(new PCG(i, Seed), null, out _);
            SimulatedCluster cluster = scenario.Cluster();
            try
            {
                cluster.Run();
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                Assert.Fail($"Schedule {i}: {Shortest(scenario, e)}");
            }

            takeovers += cluster.Takeovers;
            stepsBack += cluster.StepsBack;
            pauses += cluster.Pauses;
        }

        // Else the schedules would try less than they are meant to.
        Assert.True(takeovers > Schedules, $"{takeovers} takeovers");
        Assert.True(stepsBack > Schedules / 20, $"{stepsBack} steps back");
        Assert.True(pauses > Schedules / 2, $"{pauses} pauses");
    }

    // Leaves out what is not needed for the failure.
    private static string Shortest(Scenario scenario, Exception failure)
    {
        for (int length = scenario.Schedule.Length / 2; length > 0; length /= 2)
        {
            for (int start = 0; start + length <= scenario.Schedule.Length;)
            {
                Scenario shorter = scenario with { Schedule = [.. scenario.Schedule[..start], .. scenario.Schedule[(start + length)..]] };
                if (FailureOf(shorter) is { } same)
                {
                    (scenario, failure) = (shorter, same);
                }
                else
                {
                    start += length;
                }
            }
        }

        return $"{scenario}: {failure}\nwith [{string.Join(", ", scenario.Schedule)}]";
    }

    private static Exception? FailureOf(Scenario scenario)
    {
        try
        {
            scenario.Cluster().Run();
            return null;
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            return e;
        }
    }

    private sealed record Scenario(JobMode Mode, JobSize Size, int Jobs, int MaxRunning, ushort[] Schedule)
    {
        public SimulatedCluster Cluster() => new(Mode, Size, Jobs, MaxRunning, Schedule);
    }
}
