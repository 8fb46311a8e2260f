namespace Bytemill.Web.Dashboard.Layout;

/// <summary>Which theme somebody wants; remembered by the browser.</summary>
internal enum ThemePreference
{
    /// <summary>That of the system, as it changes.</summary>
    System,

    /// <summary>Always light.</summary>
    Light,

    /// <summary>Always dark.</summary>
    Dark,
}
