using System.Text.Json;

namespace Bytemill.Web.Api;

/// <summary>How values of the pipeline are written in JSON.</summary>
internal static class JsonText
{
    public static string NameOf<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());

    /// <summary>A moment of the coordinator's clock; <c>null</c> for 0, which stands for none.</summary>
    public static DateTimeOffset? Instant(long milliseconds) => milliseconds == 0 ? null : DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);

    /// <summary>A text; <c>null</c> for the empty one, which stands for none.</summary>
    public static string? OrNull(string text) => text.Length == 0 ? null : text;
}
