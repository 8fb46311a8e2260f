using Bytemill.Corpus;

namespace Bytemill.Tests;

public sealed class OutputNamesTests
{
    [Theory]
    [InlineData("/d/part-0.parquet", "part-0.parquet")]
    [InlineData("/d/a/part-0.parquet|/d/b/part-0.parquet", "a/part-0.parquet|b/part-0.parquet")]
    [InlineData("/d/x.parquet|/d/x/y.parquet", "x.parquet|x/y.parquet")]
    [InlineData("/d/ab/1.parquet|/d/ac/1.parquet", "ab/1.parquet|ac/1.parquet")]
    [InlineData("/a/1.parquet|/b/1.parquet", "a/1.parquet|b/1.parquet")]
    [InlineData("/d/blob|/d/other.pq", "blob.parquet|other.pq.parquet")]
    public void For_Inputs_AreRelativeToTheCommonDirectory(string inputs, string expected) =>
        Assert.Equal(expected.Split('|'), OutputNames.For(inputs.Split('|')));

    [Theory]
    [InlineData("/d/a.parquet|/d/a", "a-2.parquet|a.parquet")]
    [InlineData("/d/a.parquet|/d/a|/d/a-2.parquet", "a-3.parquet|a.parquet|a-2.parquet")]
    [InlineData("/d/P.parquet|/d/p.parquet", "P.parquet|p-2.parquet")]
    [InlineData("/d/a|/d/a.parquet/x.parquet", "a-2.parquet|a.parquet/x.parquet")]
    public void For_Clashes_GetANumber(string inputs, string expected) =>
        Assert.Equal(expected.Split('|'), OutputNames.For(inputs.Split('|')));

    // Of a key, all between two slashes is a name; of a path, some lead elsewhere.
    [Theory]
    [InlineData("s3://b/in/a.parquet|s3://b/in/x/b.jsonl", "a.parquet|x/b.parquet")]
    [InlineData("s3://b/in/a//b.parquet|s3://b/in/c.parquet", "a/%/b.parquet|c.parquet")]
    [InlineData("s3://b/in/../a.parquet|s3://b/in/./a.parquet|s3://b/in/a.parquet", "%2E%2E/a.parquet|%2E/a.parquet|a.parquet")]
    [InlineData("s3://b/../../a.parquet|s3://b/c.parquet", "%2E%2E/%2E%2E/a.parquet|c.parquet")]
    [InlineData("s3://b//a.parquet|s3://b/c.parquet", "%/a.parquet|c.parquet")]
    [InlineData("s3://b/../a.parquet", "a.parquet")]
    [InlineData("s3://b/x/..|s3://b/x/a.parquet", "%2E%2E.parquet|a.parquet")]
    [InlineData("s3://b/x/...|s3://b/x/a.parquet", "....parquet|a.parquet")]
    [InlineData("s3://b/%/a.parquet|s3://b//a.parquet|s3://b/c", "%/a.parquet|%/a-2.parquet|c.parquet")]
    [InlineData("s3://b1/in/a.parquet|s3://b2/in/a.parquet", "b1/in/a.parquet|b2/in/a.parquet")]
    public void For_KeysOfObjects_StayBelowTheOutput(string inputs, string expected) =>
        Assert.Equal(expected.Split('|'), OutputNames.For(inputs.Split('|')));

    [Fact]
    public void For_AnyOrder_GivesEachInputTheSameName()
    {
        string[] inputs = ["/d/a.parquet", "/d/a", "/d/b/a.parquet", "/d/b/A.parquet"];
        Dictionary<string, string> names = inputs.Zip(OutputNames.For(inputs)).ToDictionary(p => p.First, p => p.Second);

        string[] reversed = [.. inputs.Reverse()];

        Assert.Equal(reversed.Select(input => names[input]), OutputNames.For(reversed));
    }

    [Fact]
    public void For_NoInputs_IsEmpty() => Assert.Empty(OutputNames.For([]));

    [Theory]
    [InlineData("/d/a|/d/a")]
    [InlineData("relative/a")]
    public void For_DoubleOrRelativePath_Throws(string inputs) =>
        Assert.Throws<ArgumentException>(() => OutputNames.For(inputs.Split('|')));
}
