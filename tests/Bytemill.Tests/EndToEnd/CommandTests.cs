namespace Bytemill.Tests;

/// <summary>
/// Tests that start one process at a time, or nodes whose times do not matter: one after another, beside those of
/// <see cref="EndToEndTests"/>, which wait for clusters most of the time.
/// </summary>
[CollectionDefinition(Name)]
public sealed class CommandTests
{
    public const string Name = "commands";
}
