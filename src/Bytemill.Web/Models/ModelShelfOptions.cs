using System.Collections.Immutable;

namespace Bytemill.Web.Models;

/// <summary>What a shelf of models holds.</summary>
public sealed record ModelShelfOptions
{
    /// <summary>Model files that are offered from the start, beside those of finished jobs.</summary>
    public ImmutableArray<string> Paths { get; init; } = [];

    /// <summary>
    /// Bytes that loaded models may take together; those not used for longest go first. One that is larger is loaded all the same, alone. Default: 256 MiB.
    /// </summary>
    public long MemoryBytes { get; init; } = 256L << 20;

    /// <summary>Finished jobs whose models are offered, the last ones. Default: 200.</summary>
    public int MaxJobs { get; init; } = 200;
}
