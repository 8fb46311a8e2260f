using System.Collections.Immutable;
using System.Globalization;
using Akka.Configuration;
using Akka.Configuration.Hocon;
using Bytemill.Pipeline;

namespace Bytemill.App;

/// <summary>The <c>bytemill</c> section of a node's configuration file.</summary>
internal static class NodeConfigFile
{
    private const string Section = "bytemill";

    private static readonly ImmutableArray<string> s_sections = [Section, "akka"];
    private static readonly ImmutableArray<string> s_keys = ["seed-nodes", "hostname", "port", "roles", "workers", "memory", "spill-dir", "journal"];

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
        CheckKeys(path, file, "", s_sections);
        if (!file.HasPath(Section))
        {
            return options with { ConfigFile = path };
        }

        if (!file.GetValue(Section).IsObject())
        {
            throw new JobInputException($"{path}: '{Section}' is a section: {Section} {{ … }}.");
        }

        Config section = file.GetConfig(Section);
        CheckKeys(path, section, Section + ".", s_keys);
        string hostname = ReadText(path, section, "hostname") ?? options.Hostname;
        return options with
        {
            ConfigFile = path,
            SeedNodes = ReadList(path, section, "seed-nodes") ?? options.SeedNodes,
            Hostname = hostname.Length > 0 ? hostname : throw Wrong(path, "hostname", "an address of this machine", hostname),
            Port = CheckPort(ReadNumber(path, section, "port") ?? options.Port, $"{path}: '{Section}.port'"),
            Roles = ReadList(path, section, "roles") is { } roles ? CheckRoles(roles) : options.Roles,
            Workers = CheckWorkers(ReadNumber(path, section, "workers")) ?? options.Workers,
            MemoryBytes = ReadText(path, section, "memory") is { } memory
                ? MemoryOption.Check(ByteSize.Parse(memory, $"{path}: '{Section}.memory'"))
                : options.MemoryBytes,
            SpillDirectory = ReadText(path, section, "spill-dir") is { } spill
                ? CheckSpillDirectory(spill, $"{path}: '{Section}.spill-dir'")
                : options.SpillDirectory,
            Journal = ReadText(path, section, "journal") is { } journal ? JournalOption.Check(journal, $"{path}: '{Section}.journal'") : options.Journal,
        };
    }

    private static void CheckKeys(string path, Config config, string prefix, ImmutableArray<string> known)
    {
        if (config.IsEmpty || config.Root.IsEmpty)
        {
            throw new JobInputException($"{path}: no settings found; expected {string.Join(" or ", known.Select(key => prefix + key))}.");
        }

        foreach ((string key, _) in config.AsEnumerable())
        {
            if (!known.Contains(key))
            {
                throw new JobInputException($"{path}: unknown key '{prefix}{key}'; the keys are {string.Join(", ", known)}.");
            }
        }
    }

    private static string? ReadText(string path, Config section, string key)
    {
        if (!section.HasPath(key))
        {
            return null;
        }

        HoconValue value = section.GetValue(key);
        return value.IsString() ? value.GetString() : throw Wrong(path, key, "one value", value.ToString());
    }

    private static int? ReadNumber(string path, Config section, string key) =>
        ReadText(path, section, key) is not { } text ? null
        : int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int number) ? number
        : throw Wrong(path, key, "a whole number", text);

    // A single text would read as an empty list, and a node without seeds founds a cluster of its own.
    private static ImmutableArray<string>? ReadList(string path, Config section, string key) =>
        !section.HasPath(key) ? null
        : section.GetValue(key) is var value && value.IsArray() ? [.. value.GetStringList()]
        : throw Wrong(path, key, "a list, [\"…\", \"…\"]", value.ToString());

    private static JobInputException Wrong(string path, string key, string expected, string found) =>
        new($"{path}: '{Section}.{key}' must be {expected}; found '{found}'.");

    /// <summary>A port to bind to.</summary>
    public static int CheckPort(int port, string where) =>
        port is >= 0 and < 65536 ? port : throw new JobInputException(Units.Format($"{where} must be in [0..65535], 0 for a free port; found {port}."));

    /// <summary>A directory for temporary files, made if it is not there.</summary>
    public static string CheckSpillDirectory(string directory, string where)
    {
        try
        {
            return Directory.CreateDirectory(Path.GetFullPath(directory)).FullName;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new JobInputException($"{where}: '{directory}' cannot be used for temporary files: {e.Message}", e);
        }
    }

    /// <summary>The roles, each of them known.</summary>
    public static ImmutableArray<string> CheckRoles(IEnumerable<string> roles)
    {
        ImmutableArray<string> checkedRoles = [.. roles];
        foreach (string role in checkedRoles)
        {
            if (!ClusterRoles.All.Contains(role))
            {
                throw new JobInputException($"Unknown role '{role}'; the roles are {string.Join(", ", ClusterRoles.All)}.");
            }
        }

        return checkedRoles;
    }

    /// <summary>A number of workers; <c>null</c> stands for the default, as does 0.</summary>
    public static int? CheckWorkers(int? workers) =>
        workers switch
        {
            null or 0 => null,
            < 0 => throw new JobInputException($"The number of workers must be at least 1, or 0 for one for each core; found {workers}."),
            _ => workers,
        };
}
