using Bytemill.Pipeline;
using Bytemill.Web.Dashboard;
using CsCheck;

namespace Bytemill.Tests;

public class JobForecastTests
{
    private static readonly Phase[] s_phases = JobForecast.PhasesOf(JobMode.Run, checks: false);

    [Fact]
    public void Of_JobThatFollowsTheShape_TellsTheTimeLeftExactly() =>
        Gen.Select(Gen.Int[1, s_phases.Length - 2], Gen.Double[0.05, 1], Gen.Double[0.1, 5000]).Sample((at, share, factor) =>
        {
            double Whole(Phase phase) => factor * JobForecast.TypicalShape[phase];
            Dictionary<Phase, double> spent = s_phases.Take(at).ToDictionary(phase => phase, Whole);
            spent[s_phases[at]] = share * Whole(s_phases[at]);
            double left = ((1 - share) * Whole(s_phases[at])) + s_phases.Skip(at + 1).Sum(Whole);
            JobForecast forecast = JobForecast.Of(s_phases, s_phases[at], spent, share, JobForecast.TypicalShape);
            Assert.Equal(left, forecast.Left!.Value.TotalSeconds, 0.001 + (left * 1e-6));
            Assert.Equal(1 - (left / s_phases.Sum(Whole)), forecast.DoneShare, 1e-6);
        });

    [Fact]
    public void Of_PhaseWhoseShareNobodyKnows_TakesWhatTheShapeSays()
    {
        Dictionary<Phase, double> spent = s_phases.TakeWhile(phase => phase != Phase.Vocabulary).ToDictionary(phase => phase, phase => 10 * JobForecast.TypicalShape[phase]);
        spent[Phase.Vocabulary] = 5;
        JobForecast forecast = JobForecast.Of(s_phases, Phase.Vocabulary, spent, null, JobForecast.TypicalShape);
        Assert.Equal(20 - 5 + 18 + 1, forecast.Left!.Value.TotalSeconds, 0.001);

        // It has taken longer than that: then nothing is left of it.
        spent[Phase.Vocabulary] = 90;
        Assert.Equal(18 + 1, JobForecast.Of(s_phases, Phase.Vocabulary, spent, null, JobForecast.TypicalShape).Left!.Value.TotalSeconds, 0.001);
    }

    [Fact]
    public void Of_JobThatHasJustBegun_SaysNothing()
    {
        Assert.Null(JobForecast.Of(s_phases, Phase.Plan, new Dictionary<Phase, double> { [Phase.Plan] = 3 }, null, JobForecast.TypicalShape).Left);
        Assert.Null(JobForecast.Of(s_phases, Phase.Count, new Dictionary<Phase, double> { [Phase.Plan] = 3, [Phase.Count] = 1 }, 0.001, JobForecast.TypicalShape).Left);
    }

    [Theory]
    [InlineData(JobMode.Run, true, "Plan Check Count Merge Model Segment Vocabulary Tokenize Finish")]
    [InlineData(JobMode.Train, false, "Plan Count Merge Model Segment Vocabulary Finish")]
    [InlineData(JobMode.Tokenize, false, "Plan Tokenize Finish")]
    public void PhasesOf_AMode_AreInOrder(JobMode mode, bool checks, string expected) => Assert.Equal(expected, string.Join(' ', JobForecast.PhasesOf(mode, checks)));
}
