using System.Collections.Immutable;
using Akka.Configuration;
using Akka.Configuration.Hocon;
using Bytemill.Pipeline;

namespace Bytemill.App;

/// <summary>The <c>bytemill</c> section of a node's configuration file.</summary>
internal static class NodeConfigFile
{
    private const string Section = "bytemill";

    private static readonly ImmutableArray<string> s_sections = [Section, "akka"];

    /// <summary>Reads the file; without one, the defaults.</summary>
    /// <exception cref="JobInputException">No such file, not HOCON, an unknown key or a wrong value; names it.</exception>
    public static NodeOptions Read(string? path)
    {
        var options = new NodeOptions();
        if (path is null)
        {
            return options;
        }

        Config file = PipelineHosting.ReadConfig(path);
        if (file.IsEmpty || file.Root.IsEmpty)
        {
            throw NoSettings(path, s_sections);
        }

        foreach ((string name, _) in file.AsEnumerable())
        {
            if (!s_sections.Contains(name))
            {
                throw new JobInputException($"{path}: unknown key '{name}'; the keys are {string.Join(", ", s_sections)}.");
            }
        }

        options = options with { ConfigFile = path };
        if (!file.HasPath(Section))
        {
            return options;
        }

        HoconValue section = file.GetValue(Section);
        if (!section.IsObject())
        {
            throw new JobInputException($"{path}: '{Section}' is a section: {Section} {{ … }}.");
        }

        (string Name, HoconValue Value)[] leaves = [.. HoconLeaves.Of(section)];
        if (leaves.Length == 0)
        {
            throw NoSettings(path, NodeKeys.All.Select(key => $"{Section}.{key.Name}"));
        }

        foreach ((string name, _) in leaves)
        {
            if (!NodeKeys.All.Any(key => key.Name == name))
            {
                throw new JobInputException($"{path}: unknown key '{Section}.{name}'; the keys are {string.Join(", ", NodeKeys.All.Select(key => key.Name))}.");
            }
        }

        if (leaves.Any(leaf => leaf.Name == "seed-nodes") && leaves.Any(leaf => leaf.Name == "seed-dns"))
        {
            throw new JobInputException($"{path}: '{Section}.seed-nodes' and '{Section}.seed-dns' exclude each other. Give one of them.");
        }

        return NodeKeys.All.Aggregate(
            options,
            (node, key) => leaves.FirstOrDefault(leaf => leaf.Name == key.Name) is { Value: { } value } ? key.Bind(node, Read(path, key, value)) : node);
    }

    private static NodeValue Read(string path, NodeKey key, HoconValue value)
    {
        string where = $"{path}: '{Section}.{key.Name}'";
        if (key.IsList)
        {
            // A single text would read as an empty list, and a node without seeds founds a cluster of its own.
            return value.IsArray() ? new NodeValue([.. value.GetStringList()], where) : throw new NodeValue([value.ToString()], where).Wrong("a list, [\"…\", \"…\"]");
        }

        return value.IsString() ? new NodeValue([value.GetString()], where) : throw new NodeValue([value.ToString()], where).Wrong("one value");
    }

    private static JobInputException NoSettings(string path, IEnumerable<string> known) =>
        new($"{path}: no settings found; expected {string.Join(" or ", known)}.");
}
