using Akka.Configuration.Hocon;

namespace Bytemill.App;

/// <summary>The values of a configuration, whatever sections they stand in.</summary>
internal static class HoconLeaves
{
    /// <returns>Each value with its path below <paramref name="section"/>, dots between its parts.</returns>
    public static IEnumerable<(string Name, HoconValue Value)> Of(HoconValue section) =>
        section.GetObject().Items.SelectMany(item => item.Value.IsObject()
            ? Of(item.Value).Select(leaf => ($"{item.Key}.{leaf.Name}", leaf.Value))
            : [(item.Key, item.Value)]);
}
