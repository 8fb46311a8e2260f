using Bytemill.Tests;
using Xunit.Sdk;
using Xunit.v3;

// One more than the cores of a small machine: the tests of clusters mostly wait.
[assembly: Parallelization(MaxThreads = 3)]
[assembly: TestCollectionOrderer(typeof(LongestFirst))]

namespace Bytemill.Tests;

/// <summary>Starts the collections that take minutes before all others, so that none of them is left over in the end.</summary>
public sealed class LongestFirst : ITestCollectionOrderer
{
    private static readonly string[] s_long = [EndToEndTests.Name, SplitTests.Name, CommandTests.Name];

    public IReadOnlyCollection<TTestCollection> OrderTestCollections<TTestCollection>(IReadOnlyCollection<TTestCollection> testCollections)
        where TTestCollection : ITestCollection =>
        [
            .. testCollections
                .OrderBy(collection => Array.IndexOf(s_long, collection.TestCollectionDisplayName) is var index and >= 0 ? index : s_long.Length)
                .ThenBy(collection => collection.UniqueID, StringComparer.Ordinal),
        ];
}
