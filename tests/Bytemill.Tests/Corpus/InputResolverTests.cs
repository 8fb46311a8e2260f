using System.Collections.Immutable;
using Bytemill.Corpus;

namespace Bytemill.Tests;

public sealed class InputResolverTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Resolve_Directory_FindsParquetFilesBelowAndSkipsHiddenOnes()
    {
        string b = _folder.Touch("lang=de/b.parquet");
        string a = _folder.Touch("a.parquet");
        _folder.Touch("notes.txt");
        _folder.Touch("A.PARQUET");
        _folder.Touch("_work/part.parquet");
        _folder.Touch(".cache/part.parquet");
        _folder.Touch("_SUCCESS");
        _folder.Touch(".a.parquet");

        Assert.Equal([a, b], InputResolver.Resolve([_folder.Root]));
    }

    [Fact]
    public void Resolve_SeveralPatterns_IsSortedDistinctAndIndependentOfOrder()
    {
        string[] files = [.. Enumerable.Range(0, 5).Select(i => _folder.Touch($"part-{i}.parquet"))];
        string[] patterns = [files[3], _folder.Root, Path.Combine(_folder.Root, "part-*.parquet"), files[0]];

        ImmutableArray<string> found = InputResolver.Resolve(patterns);

        Assert.Equal(files, found);
        Assert.Equal(found, InputResolver.Resolve([.. patterns.Reverse()]));
    }

    [Theory]
    [InlineData("*.parquet", "x.parquet")]
    [InlineData("**/*.parquet", "a/1.parquet", "a/b/2.parquet", "x.parquet")]
    [InlineData("a/**/*.parquet", "a/1.parquet", "a/b/2.parquet")]
    [InlineData("*/1.*", "a/1.parquet")]
    [InlineData("a/*/2.parquet", "a/b/2.parquet")]
    public void Resolve_Glob_MatchesWithinNamesAndAcrossDirectories(string glob, params string[] expected)
    {
        _folder.Touch("x.parquet");
        _folder.Touch("a/1.parquet");
        _folder.Touch("a/b/2.parquet");
        _folder.Touch("a/_tmp/3.parquet");

        ImmutableArray<string> found = InputResolver.Resolve([Path.Combine(_folder.Root, glob)]);

        Assert.Equal(expected.Select(_folder.File), found);
    }

    [Fact]
    public void Resolve_RelativePattern_StartsAtTheCurrentDirectory()
    {
        string file = _folder.Touch("a.parquet");
        string relative = Path.GetRelativePath(Environment.CurrentDirectory, _folder.Root);

        Assert.Equal([file], InputResolver.Resolve([Path.Combine(relative, "*.parquet")]));
    }

    [Fact]
    public void Resolve_ExistingNameWithWildcard_IsTakenAsItIs()
    {
        string odd = _folder.Touch("odd*[1]?.bin");
        _folder.Touch("odder[1]x.bin");

        Assert.Equal([odd], InputResolver.Resolve([odd]));
    }

    [Fact]
    public void Resolve_SymbolicLinks_AreFollowedButNotInCircles()
    {
        string real = _folder.Touch("blobs/data");
        Directory.CreateDirectory(Path.Combine(_folder.Root, "set"));
        string link = Path.Combine(_folder.Root, "set", "part.parquet");
        File.CreateSymbolicLink(link, real);
        Directory.CreateSymbolicLink(Path.Combine(_folder.Root, "set", "up"), Path.Combine(_folder.Root, "set"));
        string other = _folder.Touch("other/deep.parquet");
        Directory.CreateSymbolicLink(Path.Combine(_folder.Root, "set", "other"), Path.Combine(_folder.Root, "other"));

        Assert.Equal(
            [Path.Combine(_folder.Root, "set", "other", Path.GetFileName(other)), link],
            InputResolver.Resolve([Path.Combine(_folder.Root, "set")]));
    }

    [Theory]
    [InlineData("missing.parquet", "no such file or directory")]
    [InlineData("nothing-*.parquet", "nothing matches 'nothing-*.parquet' in directory")]
    [InlineData("no/such/*.parquet", "does not exist")]
    [InlineData("", "no '*.parquet' file in or below directory")]
    public void Resolve_NoMatch_QuotesPatternAndDirectory(string relative, string expected)
    {
        string pattern = Path.Combine(_folder.Root, relative);

        CorpusException error = Assert.Throws<CorpusException>(() => InputResolver.Resolve([pattern]));

        Assert.Contains($"'{pattern}'", error.Message, StringComparison.Ordinal);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.Contains(_folder.Root, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Resolve_OneOfTwoPatternsWithoutMatch_Throws()
    {
        string file = _folder.Touch("a.parquet");

        Assert.Throws<CorpusException>(() => InputResolver.Resolve([file, _folder.File("b*.parquet")]));
    }

    [Fact]
    public void Resolve_Tilde_SaysThatItIsNotExpanded()
    {
        CorpusException error = Assert.Throws<CorpusException>(() => InputResolver.Resolve(["~/no-such-place/*.parquet"]));

        Assert.Contains("'~' is not expanded", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Resolve_NothingOrEmpty_Throws()
    {
        Assert.Throws<CorpusException>(() => InputResolver.Resolve([]));
        Assert.Throws<CorpusException>(() => InputResolver.Resolve([" "]));
    }
}
