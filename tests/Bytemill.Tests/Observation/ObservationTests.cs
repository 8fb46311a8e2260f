namespace Bytemill.Tests;

/// <summary>
/// Tests of what a process as a whole tells of itself, which run while no others do: instruments of the same name are one to OpenTelemetry,
/// so that a node of another test would mix its figures in, and take all of them away when it ends.
/// </summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class ObservationTests
{
    public const string Name = "observation";
}
