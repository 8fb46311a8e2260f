using System.Reflection;

namespace Bytemill.Web.Api;

/// <summary>Versions of the HTTP interface.</summary>
internal static class ApiVersion
{
    /// <summary>Header of every answer: version of the node's program.</summary>
    public const string Header = "Bytemill-Version";

    /// <summary>Where the first version of the interface is; a later one stands beside it.</summary>
    public const string Root = "/api/v1";

    /// <summary>Version of the program, without what the build adds to it.</summary>
    public static string Program { get; } =
        typeof(ApiVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "unknown";
}
