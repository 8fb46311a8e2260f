using System.Collections.Immutable;
using System.Text.Json;
using Bytemill.Pipeline;

namespace Bytemill.App;

/// <summary>The clusters that a user has given names, in <c>$XDG_CONFIG_HOME/bytemill</c>; their tokens in a file that only the user can read.</summary>
internal sealed class ClusterContexts
{
    private const string ContextsFile = "contexts.json";
    private const string TokensFile = "tokens.json";

    private static readonly JsonSerializerOptions s_json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, WriteIndented = true };

    private readonly string _directory;
    private Dictionary<string, string> _tokens;
    private Content _content;

    private ClusterContexts(string directory, Content content, Dictionary<string, string> tokens)
    {
        _directory = directory;
        _content = content;
        _tokens = tokens;
    }

    /// <summary>The one that commands use; <c>null</c> for none.</summary>
    public ClusterContext? Current => All.FirstOrDefault(context => context.Name == _content.Current);

    public ImmutableArray<ClusterContext> All => _content.Contexts;

    /// <param name="read">Reads a variable of the environment.</param>
    /// <exception cref="JobInputException">A file is none of these.</exception>
    public static ClusterContexts Load(Func<string, string?> read)
    {
        string home = read("XDG_CONFIG_HOME") is { Length: > 0 } configured
            ? configured
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile, Environment.SpecialFolderOption.DoNotVerify), ".config");
        string directory = Path.Combine(home, "bytemill");
        return new ClusterContexts(
            directory,
            ReadFile<Content>(Path.Combine(directory, ContextsFile)) ?? new Content(null, []),
            ReadFile<Dictionary<string, string>>(Path.Combine(directory, TokensFile)) ?? new Dictionary<string, string>(StringComparer.Ordinal));
    }

    /// <exception cref="JobInputException">There is none of that name.</exception>
    public ClusterContext Find(string name) => All.FirstOrDefault(context => context.Name == name)
        ?? throw new JobInputException($"There is no context '{name}'; {(All.IsEmpty ? "add one with 'bytemill context add NAME CLUSTER'" : $"there are {string.Join(", ", All.Select(context => context.Name))}")}.");

    public string? TokenOf(ClusterContext context) => _tokens.GetValueOrDefault(context.Name);

    /// <summary>Adds a context, or replaces the one of that name; the first one is used from now on.</summary>
    public void Add(ClusterContext context, string? token)
    {
        _content = new Content(
            _content.Current ?? context.Name,
            [.. All.Where(other => other.Name != context.Name).Append(context).OrderBy(other => other.Name, StringComparer.Ordinal)]);
        SetToken(context.Name, token);
        Save();
    }

    public void Use(string name)
    {
        _content = _content with { Current = Find(name).Name };
        Save();
    }

    public void Remove(string name)
    {
        Find(name);
        _content = new Content(_content.Current == name ? null : _content.Current, [.. All.Where(context => context.Name != name)]);
        SetToken(name, null);
        Save();
    }

    private void SetToken(string name, string? token)
    {
        _tokens = new Dictionary<string, string>(_tokens, StringComparer.Ordinal);
        _tokens.Remove(name);
        if (token is not null)
        {
            _tokens.Add(name, token);
        }
    }

    private void Save()
    {
        Directory.CreateDirectory(_directory);
        Write(ContextsFile, _content);
        Write(TokensFile, _tokens);
    }

    // Readable by its owner alone from the first byte on; complete or not there.
    private void Write<T>(string name, T value)
    {
        string path = Path.Combine(_directory, name);
        string temporary = path + ".new";
        File.Delete(temporary);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using (var file = new FileStream(temporary, options))
        {
            JsonSerializer.Serialize(file, value, s_json);
        }

        File.Move(temporary, path, overwrite: true);
    }

    private static T? ReadFile<T>(string path)
        where T : class
    {
        if (!File.Exists(path))
        {
            return null;
        }

        try
        {
            using FileStream file = File.OpenRead(path);
            return JsonSerializer.Deserialize<T>(file, s_json);
        }
        catch (JsonException e)
        {
            throw new JobInputException($"{path}: not as 'bytemill context' writes it: {e.Message} Mend it, or delete it and add the contexts anew.", e);
        }
    }

    private sealed record Content(string? Current, ImmutableArray<ClusterContext> Contexts);
}
