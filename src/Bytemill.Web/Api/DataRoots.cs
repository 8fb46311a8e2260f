using System.Collections.Immutable;
using Bytemill.Corpus;
using Bytemill.Pipeline;

namespace Bytemill.Web.Api;

/// <summary>Keeps jobs that come by HTTP within the directories that the node's owner named.</summary>
internal static class DataRoots
{
    /// <exception cref="RequestFaultException">A path lies outside of all of them.</exception>
    /// <exception cref="CorpusException">An input cannot be found.</exception>
    public static void Check(JobSpec spec, ImmutableArray<string> roots)
    {
        if (roots.IsEmpty)
        {
            return;
        }

        Require(spec.OutputDirectory, "#/output", roots);
        if (spec.SpillDirectory is { } spill)
        {
            Require(spill, "#/spill_dir", roots);
        }

        if (spec.ModelPath is { } model)
        {
            Require(model, "#/model", roots);
        }

        if (spec.Extend is { } extended)
        {
            Require(extended, "#/extend", roots);
        }

        for (int i = 0; i < spec.Inputs.Length; i++)
        {
            // Before anything is looked for outside.
            Require(InputExpression.Parse(spec.Inputs[i]).Pattern, $"#/inputs/{i}", roots);
        }

        // What a list names, and what links lead to.
        foreach (InputFile file in InputResolver.ResolveFiles(spec.Inputs, spec.DatasetSplit))
        {
            Require(file.Path, "#/inputs", roots);
        }
    }

    /// <summary>Whether a path may be used.</summary>
    public static bool Allow(string path, ImmutableArray<string> roots) => roots.IsEmpty || roots.Any(root => IsWithin(path, root));

    private static void Require(string path, string pointer, ImmutableArray<string> roots)
    {
        if (!Allow(path, roots))
        {
            throw new RequestFaultException($"'{path}' is outside of the directories that this node lets jobs use: {string.Join(", ", roots)} (data-roots).", pointer);
        }
    }

    private static bool IsWithin(string path, string root)
    {
        if (StorePath.IsRemote(path) || StorePath.IsRemote(root))
        {
            return StorePath.IsRemote(path) && StorePath.Full(path).StartsWith(StorePath.Full(root).TrimEnd('/') + "/", StringComparison.Ordinal);
        }

        string real = RealPath.Of(Path.GetFullPath(path));
        string realRoot = RealPath.Of(root);
        return real == realRoot || real.StartsWith(Path.EndsInDirectorySeparator(realRoot) ? realRoot : realRoot + Path.DirectorySeparatorChar, StringComparison.Ordinal);
    }
}
