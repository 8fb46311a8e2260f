namespace Bytemill.Tests;

/// <summary>
/// Tests in which a cluster of processes comes together, falls apart and waits until it is decided who goes on: one after another, beside
/// those of <see cref="EndToEndTests"/>, since they hardly compute.
/// </summary>
[CollectionDefinition(Name)]
public sealed class SplitTests
{
    public const string Name = "splits";
}
