using System.Collections.Immutable;
using System.Text.Json;

namespace Bytemill.Pipeline;

/// <summary>What a sample of the corpus cannot tell about a run: fixed times and memory. Measured by <c>scripts/measure-constants.sh</c>.</summary>
internal sealed record PlanConstants
{
    private static readonly JsonSerializerOptions s_json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
    };

    /// <summary>From the start of the program to its end, all phases taken off.</summary>
    public required double StartSeconds { get; init; }

    /// <summary>What a phase takes when there is next to no text: barriers, compilation.</summary>
    public required ImmutableDictionary<string, double> PhaseSeconds { get; init; }

    /// <summary>Resident memory of a process that has next to no text.</summary>
    public required long ProcessBytes { get; init; }

    /// <summary>Opening a file and reading its footer.</summary>
    public required double SecondsPerFile { get; init; }

    /// <summary>Writing a token to Parquet.</summary>
    public required double WriteSecondsPerToken { get; init; }

    /// <summary>Stored bytes of a token.</summary>
    public required double OutputBytesPerToken { get; init; }

    /// <summary>Of a node, when nothing else is said.</summary>
    public required double NetworkBytesPerSecond { get; init; }

    /// <summary>The constants that this program was built with.</summary>
    public static PlanConstants Load()
    {
        using Stream stream = typeof(PlanConstants).Assembly.GetManifestResourceStream("plan-constants.json")!;
        return JsonSerializer.Deserialize<PlanConstants>(stream, s_json)!;
    }

    /// <summary>The fixed time of a phase.</summary>
    public double SecondsOf(Phase phase) => PhaseSeconds[phase.ToString().ToLowerInvariant()];
}
