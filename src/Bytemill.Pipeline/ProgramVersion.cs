using System.Reflection;

namespace Bytemill.Pipeline;

/// <summary>Version of this program, as results carry it.</summary>
internal static class ProgramVersion
{
    /// <summary>Without what the build adds to it.</summary>
    public static string Text { get; } =
        typeof(ProgramVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "unknown";
}
