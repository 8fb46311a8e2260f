namespace Bytemill.Tests;

/// <summary>Tests against one server that speaks S3, one after another.</summary>
[CollectionDefinition(Name)]
public sealed class S3Tests : ICollectionFixture<S3Server>
{
    public const string Name = "object store";
}
