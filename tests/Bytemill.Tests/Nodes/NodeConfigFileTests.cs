using Akka.Actor;
using Akka.Cluster.Tools.Singleton;
using Akka.Configuration;
using Bytemill.App;
using Bytemill.Pipeline;

namespace Bytemill.Tests;

/// <summary>Configuration files: those of <c>cluster-config/</c>, and wrong ones.</summary>
public sealed class NodeConfigFileTests : IDisposable
{
    private readonly TestDirectory _directory = new();

    public static TheoryData<string> Shipped => [.. Directory.EnumerateFiles(Folder, "*.conf").Select(path => Path.GetFileName(path))];

    // What is wrong, the file, what the message must name beside the file.
    public static TheoryData<string, string, string[]> WrongFiles => new()
    {
        { "unknown key", "bytemill { prt = 4051 }", ["bytemill.prt", "seed-nodes"] },
        { "unknown section", "bytemil { port = 4051 }", ["bytemil", "bytemill"] },
        { "closing braces only", "}}}", ["closed"] },
        { "empty", "", ["no settings"] },
        { "section is a number", "bytemill = 5", ["bytemill"] },
        { "empty section", "bytemill { }", ["bytemill.port"] },
        { "port is a word", "bytemill { port = abc }", ["bytemill.port", "abc", "whole number"] },
        { "port out of range", "bytemill { port = 65536 }", ["bytemill.port", "65536", "65535"] },
        { "one text for a list", "bytemill { seed-nodes = \"127.0.0.1:4051\" }", ["bytemill.seed-nodes", "list"] },
        { "list for one text", "bytemill { hostname = [a, b] }", ["bytemill.hostname"] },
        { "no value", "bytemill { hostname = \n }", ["bytemill.hostname"] },
        { "unknown role", "bytemill { roles = [worker, wrker] }", ["wrker", "shard"] },
        { "negative workers", "bytemill { workers = -1 }", ["-1"] },
        { "memory without a size", "bytemill { memory = lots }", ["bytemill.memory", "lots", "512MB"] },
        { "too little memory", "bytemill { memory = 1MB }", ["128MiB"] },
        { "spill directory is a file", "bytemill { spill-dir = \"/proc/version\" }", ["bytemill.spill-dir", "/proc/version"] },
        { "journal in a directory that cannot be", "bytemill { journal = \"/proc/version/journal.db\" }", ["bytemill.journal", "/proc/version"] },
        { "journal with an unknown word", "bytemill { journal = \"Host=db;Hoost=x\" }", ["bytemill.journal", "PostgreSQL", "oost"] },
        { "two kinds of seeds", "bytemill { seed-nodes = [\"a:1\"], seed-dns = \"b:1\" }", ["seed-nodes", "seed-dns", "exclude"] },
        { "no seeds to wait for", "bytemill { seed-dns-nodes = 0 }", ["seed-dns-nodes", "at least 1"] },
        { "switch is a number", "bytemill { insecure = 2 }", ["bytemill.insecure", "on or off"] },
        { "unknown key in a section", "bytemill { tls { cert = a } }", ["bytemill.tls.cert", "tls.certificate"] },
        { "substitution", "bytemill { hostname = ${?HOSTNAME} }", ["substitutions", "--hostname"] },
        { "include", "include \"other.conf\"\nbytemill { port = 0 }", ["include"] },
        { "list not closed", "bytemill { seed-nodes = [\"127.0.0.1:4051\"", ["closed"] },
        { "not text", "\u0001\u0002\uFFFD = \u0003", [] },
    };

    private static string Folder => Repository.Find("cluster-config");

    public void Dispose() => _directory.Dispose();

    [Theory]
    [MemberData(nameof(Shipped))]
    public void Read_ShippedFile_LoadsAndBinds(string name)
    {
        NodeOptions options = NodeConfigFile.Read(Path.Combine(Folder, name));
        Assert.True(options.Workers >= 1);
        Assert.NotEmpty(options.Roles);
        Assert.NotEmpty(options.Hostname);
    }

    [Theory]
    [MemberData(nameof(Shipped))]
    public void ShippedFile_AkkaKeys_ExistInAkka(string name)
    {
        // Every key has a default somewhere: else it is a typing mistake, or was renamed by a new version.
        using ActorSystem system = ActorSystem.Create(
            "defaults",
            ConfigurationFactory.ParseString("akka { actor.provider = cluster, remote.dot-netty.tcp { hostname = 127.0.0.1, port = 0 } }"));
        Akka.Cluster.Cluster.Get(system);
        Config known = system.Settings.Config.WithFallback(ClusterSingleton.DefaultConfig()).WithFallback(Akka.Persistence.Persistence.DefaultConfig());
        Config file = PipelineHosting.ReadConfig(Path.Combine(Folder, name));
        string[] unknown = [.. HoconLeaves.Of(file.Root).Select(leaf => leaf.Name).Where(key =>
            key.StartsWith("akka.", StringComparison.Ordinal) && !known.HasPath(key) && !HasNoDefault(key))];
        Assert.Empty(unknown);
    }

    [Fact]
    public void Read_ComposeFile_BindsEveryKey()
    {
        NodeOptions options = NodeConfigFile.Read(Path.Combine(Folder, "compose.conf"));
        Assert.Equal(4051, options.Port);
        Assert.Equal(["node1:4051", "node2:4051", "node3:4051"], options.SeedNodes);
    }

    [Fact]
    public void Read_MemoryAndSpillDirectory_AreBound()
    {
        string path = _directory["node.conf"];
        File.WriteAllText(path, $"bytemill {{ memory = 1GiB, spill-dir = \"{_directory["spill"].Replace('\\', '/')}\" }}");
        NodeOptions options = NodeConfigFile.Read(path);
        Assert.Equal(1L << 30, options.MemoryBytes);
        Assert.True(Directory.Exists(options.SpillDirectory));
    }

    [Theory]
    [InlineData("journal.db", "journal.db")]
    [InlineData("a=b.db", "a=b.db")]
    public void Journal_Path_IsAFileThere(string name, string file)
    {
        var journal = Assert.IsType<JournalLocation.SqliteFile>(NodeKeys.CheckJournal(_directory["new/" + name], "--journal"));
        Assert.Equal(_directory["new/" + file], journal.Path);
        Assert.True(Directory.Exists(_directory["new"]));
    }

    [Theory]
    [InlineData("Host=db;Port=5433;Database=mill;Username=me;Password=secret")]
    [InlineData("postgresql://me:secret@db:5433/mill")]
    [InlineData("postgres://me@db:5433/mill?Password=secret")]
    public void Journal_Database_IsConnectedToAndNamedWithoutItsPassword(string text)
    {
        var journal = Assert.IsType<JournalLocation.PostgreSql>(NodeKeys.CheckJournal(text, "--journal"));
        var settings = new Npgsql.NpgsqlConnectionStringBuilder(journal.ConnectionString);
        Assert.Equal(("db", 5433, "mill", "me", "secret"), (settings.Host, settings.Port, settings.Database, settings.Username, settings.Password));
        Assert.Equal("database 'mill' on db", journal.ToString());
    }

    [Fact]
    public void Read_Journal_IsBound()
    {
        string path = _directory["node.conf"];
        File.WriteAllText(path, $"bytemill {{ journal = \"{_directory["file.db"].Replace('\\', '/')}\" }}");
        Assert.Equal(new JournalLocation.SqliteFile(_directory["file.db"]), NodeConfigFile.Read(path).Journal);
    }

    [Theory]
    [MemberData(nameof(WrongFiles))]
    public void Read_WrongFile_SaysWhereAndWhat(string what, string text, string[] named)
    {
        string path = _directory["wrong.conf"];
        File.WriteAllText(path, text);
        JobInputException error = Assert.Throws<JobInputException>(() => NodeConfigFile.Read(path));
        Assert.DoesNotContain('\n', error.Message);
        Assert.All(named, name => Assert.True(error.Message.Contains(name, StringComparison.Ordinal), $"{what}: {error.Message}"));
    }

    // A phase of the shutdown has a time of its own only where one is set. What is replaced by which number has a test of its own,
    // HostileMessageTests.
    private static bool HasNoDefault(string key) =>
        (key.StartsWith("akka.coordinated-shutdown.phases.", StringComparison.Ordinal) && key.EndsWith(".timeout", StringComparison.Ordinal))
        || (key.StartsWith("akka.actor.serialization-settings.", StringComparison.Ordinal) && key.EndsWith(".identifier", StringComparison.Ordinal))
        || key.StartsWith("akka.actor.serializers.", StringComparison.Ordinal)
        || key.EndsWith("-dispatcher.own-threads", StringComparison.Ordinal)
        || key.StartsWith(LeaseHosting.ConfigPath, StringComparison.Ordinal);
}
