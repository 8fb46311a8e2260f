using System.Net;
using System.Net.Sockets;

namespace Bytemill.Pipeline;

/// <summary>Whether a node may listen where it is told to.</summary>
public static class NodeExposure
{
    /// <summary>Refuses an address that other machines reach unless TLS keeps strangers out or the user insists.</summary>
    /// <exception cref="JobInputException">
    /// An address is not loopback, and there is neither TLS (for HTTP: a token) nor <see cref="NodeOptions.Insecure"/>.
    /// </exception>
    public static void Check(NodeOptions options)
    {
        if (options.Tls is null && !options.Insecure && !IsLoopback(options.Hostname))
        {
            throw new JobInputException(
                $"Refused to listen at {options.Hostname}, which other machines may reach: without TLS anyone there can take part in the cluster. "
                + "Give the node a certificate with --tls-certificate, --tls-key and --tls-ca (scripts/make-test-ca.sh makes some), "
                + "bind to 127.0.0.1, or say --insecure if the network is closed to others.");
        }

        if (options is { ServesHttp: true, Http.Token: null, Insecure: false } && !IsLoopback(options.Http.Hostname))
        {
            throw new JobInputException(
                $"Refused to serve HTTP at {options.Http.Hostname}, which other machines may reach: without a token anyone there can start jobs and read results. "
                + "Give it a token in a file with --http-token-file, or by BYTEMILL_HTTP_TOKEN, bind to 127.0.0.1, or say --insecure if the network is closed to others.");
        }
    }

    /// <summary>Whether only this machine reaches an address.</summary>
    public static bool IsLoopback(string hostname)
    {
        try
        {
            return IPAddress.TryParse(hostname, out IPAddress? address)
                ? IPAddress.IsLoopback(address)
                : Dns.GetHostAddresses(hostname) is { Length: > 0 } found && found.All(IPAddress.IsLoopback);
        }
        catch (SocketException)
        {
            // A name that means nothing here is no address to listen at; whether it is one for others cannot be known.
            return false;
        }
    }
}
