using System.Text.Json;
using Bytemill.App;
using Bytemill.Web.Api;

namespace Bytemill.Tests;

public sealed class JobFilesTests
{
    [Fact]
    public void Schema_InTheDocumentation_IsThatOfTheProgram() =>
        Assert.Equal(File.ReadAllText(Repository.Find("docs/job.schema.json")), JobSchema.Text);

    [Fact]
    public void Schema_HasEveryFieldWithADescription()
    {
        using JsonDocument schema = JsonDocument.Parse(JobSchema.Text);
        JsonElement properties = schema.RootElement.GetProperty("properties");
        Assert.Equal(
            BytemillJson.Default.JobRequest.Properties.Select(property => property.Name).Order(StringComparer.Ordinal),
            properties.EnumerateObject().Select(property => property.Name).Order(StringComparer.Ordinal));
        Assert.All(properties.EnumerateObject(), property => Assert.NotEmpty(property.Value.GetProperty("description").GetString()!));
        Assert.Equal(["run", "train", "tokenize"], properties.GetProperty("mode").GetProperty("enum").EnumerateArray().Select(value => value.GetString()));
    }

    [Fact]
    public void Example_IsAJobFileOfTheDefaults()
    {
        using var directory = new TestDirectory();
        string example = JobFiles.Example();
        File.WriteAllText(directory["job.yaml"], example);
        JobRequest read = JobFiles.Read(directory["job.yaml"]);
        Assert.Equal(JsonSerializer.Serialize(new JobRequest { Inputs = ["corpus/*.parquet"], Output = "out" }, BytemillJson.Default.JobRequest), JsonSerializer.Serialize(read, BytemillJson.Default.JobRequest));

        // What is commented out are the defaults.
        string[] fields = [.. BytemillJson.Default.JobRequest.Properties.Select(property => property.Name)];
        IEnumerable<string> uncommented = example.Split('\n').Select(line => fields.Any(field => line.StartsWith($"# {field}:", StringComparison.Ordinal)) ? line[2..] : line);
        File.WriteAllText(directory["all.yaml"], string.Join('\n', uncommented));
        Assert.Equal(JsonSerializer.Serialize(read, BytemillJson.Default.JobRequest), JsonSerializer.Serialize(JobFiles.Read(directory["all.yaml"]), BytemillJson.Default.JobRequest));
    }

    [Fact]
    public void Completion_KnowsEveryCommand()
    {
        CommandNode root = CommandNode.Read();
        Assert.Contains(root.Commands, command => command.Name == "run" && command.Options.Any(option => option is { Long: "vocab-size", TakesValue: true }));
        Assert.Equal(["add", "list", "remove", "use"], root.Commands.Single(command => command.Name == "context").Commands.Select(command => command.Name).Order(StringComparer.Ordinal));
        foreach (string script in new[] { ShellCompletion.Bash(root), ShellCompletion.Zsh(root), ShellCompletion.Fish(root) })
        {
            Assert.All(root.Commands, command => Assert.Contains(command.Name, script, StringComparison.Ordinal));
            Assert.Contains("max-piece-length", script, StringComparison.Ordinal);
        }
    }
}
