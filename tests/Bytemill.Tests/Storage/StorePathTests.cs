using Bytemill.Corpus;

namespace Bytemill.Tests;

public class StorePathTests
{
    [Theory]
    [InlineData("s3://b/out", "model.bytemill", "s3://b/out/model.bytemill")]
    [InlineData("s3://b/out/", "a/b.parquet", "s3://b/out/a/b.parquet")]
    [InlineData("s3://b", "a", "s3://b/a")]
    [InlineData("s3://b/out", "/models/m", "/models/m")]
    [InlineData("/out", "s3://b/m", "s3://b/m")]
    [InlineData("/out", "m", "/out/m")]
    public void Combine_AnyStore(string directory, string name, string expected) => Assert.Equal(expected, StorePath.Combine(directory, name));

    [Theory]
    [InlineData("s3://b/lists/l.txt", "s3://b/lists")]
    [InlineData("s3://b/l.txt", "s3://b")]
    [InlineData("/lists/l.txt", "/lists")]
    public void DirectoryOf_AnyStore(string path, string expected) => Assert.Equal(expected, StorePath.DirectoryOf(path));

    [Theory]
    [InlineData("s3://b/a//c/../d?x=1#y")]
    [InlineData("s3://b")]
    public void Full_OfAnObject_KeepsEveryCharacter(string path) => Assert.Equal(path, StorePath.Full(path));
}
