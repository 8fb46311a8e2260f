using System.Globalization;

namespace Bytemill.Pipeline;

/// <summary>Where a node with the role <see cref="ClusterRoles.Web"/> serves the dashboard and the HTTP interface.</summary>
public sealed record HttpOptions
{
    /// <summary>The port when none is given.</summary>
    public const int DefaultPort = 4080;

    /// <summary>Whether it serves them at all. Off unless asked for: several nodes of one machine would want the same port.</summary>
    public bool IsOn { get; init; }

    /// <summary>Address to bind to; loopback unless told otherwise.</summary>
    public string Hostname { get; init; } = "127.0.0.1";

    /// <summary>Port to bind to; 0 takes a free one.</summary>
    public int Port { get; init; } = DefaultPort;

    /// <summary>What callers must know, as a bearer token; <c>null</c> lets everybody in who reaches the address.</summary>
    public string? Token { get; init; }

    /// <summary>Reads an address: <c>HOST:PORT</c>, <c>PORT</c>, or <c>on</c> and <c>off</c>.</summary>
    /// <param name="options">What the address goes into.</param>
    /// <param name="text">The address.</param>
    /// <param name="where">Names where it stands, in messages.</param>
    /// <exception cref="JobInputException">It is none of these.</exception>
    public static HttpOptions Parse(HttpOptions options, string text, string where)
    {
        if (text is "on" or "off")
        {
            return options with { IsOn = text == "on" };
        }

        int colon = text.LastIndexOf(':');
        string host = colon < 0 ? options.Hostname : text[..colon].TrimStart('[').TrimEnd(']');
        return host.Length > 0 && int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int port) && port < 65536
            ? options with { IsOn = true, Hostname = host, Port = port }
            : throw new JobInputException($"{where} must be HOST:PORT, PORT (0 for a free one), on or off; found '{text}'.");
    }

    // A record would print its token.
    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{nameof(HttpOptions)} {{ {(IsOn ? $"{Hostname}:{Port}" : "off")} }}");
}
