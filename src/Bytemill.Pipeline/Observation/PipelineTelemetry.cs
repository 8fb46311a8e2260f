using System.Diagnostics;

namespace Bytemill.Pipeline;

/// <summary>Under which names the pipeline offers its metrics and traces. Without somebody who listens they cost nothing.</summary>
public static class PipelineTelemetry
{
    /// <summary>Name of the meters: one for each node of the process, one for the coordinator where it is here.</summary>
    public const string MeterName = "Bytemill.Pipeline";

    /// <summary>Name of the source of traces: one trace for each job, in it a span for each phase and each task.</summary>
    public const string SourceName = "Bytemill.Pipeline";

    /// <summary>Version of the program.</summary>
    public static string Version => ProgramVersion.Text;

    /// <summary>The source of traces.</summary>
    internal static ActivitySource Source { get; } = new(SourceName, ProgramVersion.Text);

    /// <summary>What a phase is called in metrics and traces.</summary>
    internal static string NameOf(Phase phase) => phase.ToString().ToLowerInvariant();
}
