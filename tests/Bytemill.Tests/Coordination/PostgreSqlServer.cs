using System.Diagnostics;
using System.Globalization;
using Npgsql;

namespace Bytemill.Tests;

/// <summary>
/// A real PostgreSQL on loopback, its data in a directory of its own, for as long as the tests of a class run. Skipped where it
/// is not installed (<c>apt-get install postgresql</c>).
/// </summary>
public sealed class PostgreSqlServer : IAsyncLifetime
{
    private const string User = "bytemill";

    private readonly TestDirectory _directory = new();
    private readonly string? _programs = FindPrograms();
    private readonly int _port = NodeProcess.FreePorts(1)[0];
    private Process? _server;

    /// <summary>An empty database of this server.</summary>
    public string NewDatabase()
    {
        Assert.SkipWhen(_programs is null, "PostgreSQL is not installed: no initdb below /usr/lib/postgresql or in PATH.");
        string name = $"test_{Guid.NewGuid():N}";
        using NpgsqlConnection connection = new(ConnectionString("postgres"));
        connection.Open();
        using NpgsqlCommand command = connection.CreateCommand();
#pragma warning disable CA2100 // The name is our own.
        command.CommandText = $"CREATE DATABASE {name}";
#pragma warning restore CA2100
        command.ExecuteNonQuery();
        return ConnectionString(name);
    }

    public async ValueTask InitializeAsync()
    {
        if (_programs is null)
        {
            return;
        }

        string data = _directory["data"];
        Directory.CreateDirectory(data);
        if (IsRoot)
        {
            // It refuses to run as root; its package has made a user for it.
            await RunAsync("chown", "postgres", _directory.Path, data);
        }

        await RunAsync([.. AsServer("initdb"), "--pgdata", data, "--username", User, "--auth", "trust", "--encoding", "UTF8", "--no-locale", "--no-sync"]);
        _server = Start(
            [.. AsServer("postgres"), "-D", data, "-k", data, "-p", _port.ToString(CultureInfo.InvariantCulture), "-c", "listen_addresses=127.0.0.1", "-c", "fsync=off"]);
        await WaitUntilItAnswersAsync(_server);
    }

    public async ValueTask DisposeAsync()
    {
        NpgsqlConnection.ClearAllPools();
        if (_server is not null)
        {
            // Its children end with it.
            using (Process kill = Start("kill", "-INT", _server.Id.ToString(CultureInfo.InvariantCulture)))
            {
                await kill.WaitForExitAsync(CancellationToken.None);
            }

            await _server.WaitForExitAsync(CancellationToken.None);
            _server.Dispose();
        }

        _directory.Dispose();
    }

    private static bool IsRoot => Environment.UserName == "root";

    private string ConnectionString(string database) =>
        new NpgsqlConnectionStringBuilder { Host = "127.0.0.1", Port = _port, Database = database, Username = User }.ConnectionString;

    private string[] AsServer(string program)
    {
        string path = Path.Combine(_programs!, program);
        return IsRoot ? ["setpriv", "--reuid", "postgres", "--regid", "postgres", "--clear-groups", path] : [path];
    }

    private async Task WaitUntilItAnswersAsync(Process server)
    {
        var clock = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                await using NpgsqlConnection connection = new(ConnectionString("postgres"));
                await connection.OpenAsync(TestContext.Current.CancellationToken);
                return;
            }
            catch (NpgsqlException) when (!server.HasExited && clock.Elapsed < TimeSpan.FromMinutes(1))
            {
                await Task.Delay(50, TestContext.Current.CancellationToken);
            }
        }
    }

    private static string? FindPrograms()
    {
        IEnumerable<string> folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        if (Directory.Exists("/usr/lib/postgresql"))
        {
            folders = Directory.EnumerateDirectories("/usr/lib/postgresql").Select(version => Path.Combine(version, "bin")).OrderDescending(StringComparer.Ordinal).Concat(folders);
        }

        return folders.FirstOrDefault(folder => File.Exists(Path.Combine(folder, "initdb")));
    }

    private static Process Start(params string[] command)
    {
        var start = new ProcessStartInfo(command[0]) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = "/" };
        foreach (string argument in command.Skip(1))
        {
            start.ArgumentList.Add(argument);
        }

        Process process = Process.Start(start)!;
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    private static async Task RunAsync(params string[] command)
    {
        using Process process = Start(command);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0, $"{string.Join(' ', command)} ended with {process.ExitCode}");
    }
}
