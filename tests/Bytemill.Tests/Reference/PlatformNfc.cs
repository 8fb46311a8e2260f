using System.Text;

namespace Bytemill.Tests;

/// <summary>NFC by the platform, for the golden data: its texts hold no character newer than Unicode 14.</summary>
internal static class PlatformNfc
{
    // The platform refuses U+FFFE, though it is valid in UTF-8. It composes with nothing, so the text can be cut there.
    public static string Normalize(string text) =>
        string.Join('\uFFFE', text.Split('\uFFFE').Select(part => part.Normalize(NormalizationForm.FormC)));
}
