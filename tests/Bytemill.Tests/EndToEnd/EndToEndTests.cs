namespace Bytemill.Tests;

/// <summary>Tests that start whole clusters run one after another: two cores do not carry more.</summary>
[CollectionDefinition(Name)]
public sealed class EndToEndTests
{
    public const string Name = "end to end";
}
