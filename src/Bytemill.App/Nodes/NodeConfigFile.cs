using System.Collections.Immutable;
using Akka.Configuration;
using Bytemill.Pipeline;

namespace Bytemill.App;

/// <summary>The <c>bytemill</c> section of a node's configuration file.</summary>
internal static class NodeConfigFile
{
    private const string Section = "bytemill";

    private static readonly ImmutableArray<string> s_keys = ["seed-nodes", "hostname", "port", "roles", "workers"];

    /// <summary>Reads the file; without one, the defaults.</summary>
    /// <exception cref="JobInputException">No such file, not HOCON, an unknown key or a wrong value; names it.</exception>
    public static NodeOptions Read(string? path)
    {
        var options = new NodeOptions();
        if (path is null)
        {
            return options;
        }

        Config section = PipelineHosting.ReadConfig(path).GetConfig(Section);
        if (section is null)
        {
            return options with { ConfigFile = path };
        }

        foreach ((string key, _) in section.AsEnumerable())
        {
            if (!s_keys.Contains(key))
            {
                throw new JobInputException($"{path}: unknown key '{Section}.{key}'; the keys are {string.Join(", ", s_keys)}.");
            }
        }

        return options with
        {
            ConfigFile = path,
            SeedNodes = [.. section.GetStringList("seed-nodes", [])],
            Hostname = section.GetString("hostname", options.Hostname),
            Port = section.GetInt("port", options.Port),
            Roles = section.HasPath("roles") ? CheckRoles(section.GetStringList("roles")) : options.Roles,
            Workers = CheckWorkers(section.GetInt("workers", 0)) ?? options.Workers,
        };
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
