using System.Collections.Immutable;
using System.Globalization;
using Bytemill.Corpus;
using Bytemill.Pipeline;

namespace Bytemill.App;

/// <summary>All that can be set for a node, and how values are checked.</summary>
internal static class NodeKeys
{
    // Shorter ones can be guessed.
    private const int MinTokenLength = 16;

    public static ImmutableArray<NodeKey> All { get; } =
    [
        new("seed-nodes", true, (node, value) => node with { SeedNodes = value.Items, SeedDns = null }),
        new("seed-dns", false, (node, value) => node with { SeedDns = value.Text, SeedNodes = [] }),
        new("seed-dns-nodes", false, (node, value) => node with { SeedDnsNodes = CheckSeedDnsNodes(value.Number, value.Where) }),
        new("hostname", false, (node, value) => node with { Hostname = value.Text }),
        new("port", false, (node, value) => node with { Port = CheckPort(value.Number, value.Where) }),
        new("roles", true, (node, value) => node with { Roles = CheckRoles(value.Items) }),
        new("workers", false, (node, value) => node with { Workers = CheckWorkers(value.Number) }),
        new("max-jobs", false, (node, value) => node with { MaxJobs = CheckMaxJobs(value.Number, value.Where) }),
        new("memory", false, (node, value) => node with { MemoryBytes = MemoryOption.Check(ByteSize.Parse(value.Text, value.Where)) }),
        new("spill-dir", false, (node, value) => node with { SpillDirectory = CheckSpillDirectory(value.Text, value.Where) }),
        new("work-copies", false, (node, value) => node with { WorkCopyBytes = CheckWorkCopies(ByteSize.Parse(value.Text, value.Where), value.Where) }),
        new("journal", false, (node, value) => node with { Journal = CheckJournal(value.Text, value.Where) }),
        new("lease-dir", false, (node, value) => node with { LeaseDirectory = CheckLeaseDirectory(value.Text, value.Where) }),
        new("http", false, (node, value) => node with { Http = HttpOptions.Parse(node.Http, value.Text, value.Where) }),
        new("http-token", false, (node, value) => node with { Http = node.Http with { Token = CheckToken(value.Text, value.Where) } }),
        new("data-roots", true, (node, value) => node with { DataRoots = CheckDataRoots(value.Items, value.Where) }),
        new("tls.certificate", false, (node, value) => node with { Tls = TlsOf(node) with { CertificateFile = value.Text } }),
        new("tls.key", false, (node, value) => node with { Tls = TlsOf(node) with { KeyFile = value.Text } }),
        new("tls.password", false, (node, value) => node with { Tls = TlsOf(node) with { Password = value.Text } }),
        new("tls.ca", false, (node, value) => node with { Tls = TlsOf(node) with { AuthorityFile = value.Text } }),
        new("otlp-endpoint", false, (node, value) => node with { OtlpEndpoint = CheckOtlpEndpoint(value.Text, value.Where) }),
        new("log-format", false, (node, value) => node with { LogFormat = CheckLogFormat(value.Text, value.Where) }),
        new("insecure", false, (node, value) => node with { Insecure = value.Switch }),
    ];

    /// <summary>The collector of metrics and traces.</summary>
    public static Uri CheckOtlpEndpoint(string endpoint, string where) =>
        Uri.TryCreate(endpoint, UriKind.Absolute, out Uri? address) && (address.Scheme == Uri.UriSchemeHttp || address.Scheme == Uri.UriSchemeHttps)
            ? address
            : throw new JobInputException($"{where} must be the address of a collector that takes OTLP over HTTP, as http://collector:4318; found '{endpoint}'.");

    /// <summary>How the log is written.</summary>
    public static LogFormat CheckLogFormat(string format, string where) => format switch
    {
        "line" => LogFormat.Line,
        "json" => LogFormat.Json,
        _ => throw new JobInputException($"{where} must be line or json; found '{format}'."),
    };

    /// <summary>A port to bind to.</summary>
    public static int CheckPort(int port, string where) =>
        port is >= 0 and < 65536 ? port : throw new JobInputException(Units.Format($"{where} must be in [0..65535], 0 for a free port; found {port}."));

    /// <summary>Whether a text is a port that another node may listen at.</summary>
    public static bool IsPort(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int port) && port is > 0 and < 65536;

    /// <summary>A number of addresses to wait for.</summary>
    public static int CheckSeedDnsNodes(int count, string where) =>
        count >= 1 ? count : throw new JobInputException(Units.Format($"{where} must be at least 1; found {count}."));

    /// <summary>A token that callers of the HTTP interface must know.</summary>
    public static string CheckToken(string token, string where) =>
        token.Length >= MinTokenLength && token.All(character => character is > ' ' and < '\x7f')
            ? token
            : throw new JobInputException($"{where} must be at least {MinTokenLength} printable ASCII characters without spaces, as 'openssl rand -hex 32' makes them.");

    /// <summary>Reads the token in a file; spaces and line ends around it do not count.</summary>
    public static string ReadToken(string file, string where)
    {
        try
        {
            return CheckToken(File.ReadAllText(file).Trim(), $"The token in '{file}' ({where})");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new JobInputException($"{where}: the token cannot be read: {e.Message}", e);
        }
    }

    /// <summary>Directories that jobs keep to.</summary>
    public static ImmutableArray<string> CheckDataRoots(IEnumerable<string> roots, string where) =>
    [
        .. roots.Select(root => StorePath.IsRemote(root) ? StorePath.Full(root)
            : Path.IsPathFullyQualified(root) && Directory.Exists(root)
            ? Path.TrimEndingDirectorySeparator(Path.GetFullPath(root))
            : throw new JobInputException($"{where} must be absolute paths of directories that exist; found '{root}'.")),
    ];

    /// <summary>A directory for temporary files, made if it is not there.</summary>
    public static string CheckSpillDirectory(string directory, string where) => CheckDirectory(directory, where, "temporary files");

    /// <summary>Room for copies of work files.</summary>
    public static long CheckWorkCopies(ByteSize size, string where) =>
        size.Bytes >= NodeOptions.LeastWorkCopyBytes
            ? size.Bytes
            : throw new JobInputException(Units.Format($"{where} must be at least {NodeOptions.LeastWorkCopyBytes >> 20}MiB; found {size.Bytes} bytes."));

    /// <summary>A directory for leases, made if it is not there.</summary>
    public static string CheckLeaseDirectory(string directory, string where) => CheckDirectory(directory, where, "leases");

    private static string CheckDirectory(string directory, string where, string use)
    {
        try
        {
            return Directory.CreateDirectory(Path.GetFullPath(directory)).FullName;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new JobInputException($"{where}: '{directory}' cannot be used for {use}: {e.Message}", e);
        }
    }

    /// <summary>Where a journal is; the directory of a file is made if it is not there.</summary>
    public static JournalLocation CheckJournal(string text, string where)
    {
        JournalLocation journal = JournalLocation.Parse(text, where);
        if (journal is JournalLocation.SqliteFile file)
        {
            try
            {
                Directory.CreateDirectory(Path.GetDirectoryName(file.Path)!);
                using FileStream opened = new(file.Path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
            {
                throw new JobInputException($"{where}: the journal cannot be at '{file.Path}': {e.Message}", e);
            }
        }

        return journal;
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

    /// <summary>A number of workers; 0 stands for one for each core.</summary>
    public static int CheckWorkers(int workers) =>
        workers switch
        {
            0 => Environment.ProcessorCount,
            < 0 => throw new JobInputException($"The number of workers must be at least 1, or 0 for one for each core; found {workers}."),
            _ => workers,
        };

    /// <summary>How many jobs run at the same time.</summary>
    public static int CheckMaxJobs(int jobs, string where) =>
        jobs is >= 1 and <= 100 ? jobs : throw new JobInputException(Units.Format($"{where} must be in [1..100]; found {jobs}."));

    private static TlsOptions TlsOf(NodeOptions node) => node.Tls ?? new TlsOptions();
}
