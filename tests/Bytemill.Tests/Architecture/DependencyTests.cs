using ArchUnitNET.Domain;
using ArchUnitNET.Loader;
using Bytemill.Corpus;
using Bytemill.Pipeline;
using Bytemill.Tokenization;
using Bytemill.Training;
using static ArchUnitNET.Fluent.ArchRuleDefinition;
using Assembly = System.Reflection.Assembly;

namespace Bytemill.Tests;

/// <summary>Who may know whom: App → Pipeline → {Training → Tokenization, Corpus}; MLTokenizers → Tokenization.</summary>
public class DependencyTests
{
    private static readonly Assembly s_tokenization = typeof(Tokenizer).Assembly;
    private static readonly Assembly s_training = typeof(TrainerOptions).Assembly;
    private static readonly Assembly s_corpus = typeof(CorpusFile).Assembly;
    private static readonly Assembly s_pipeline = typeof(PipelineHosting).Assembly;
    private static readonly Assembly s_app = Assembly.Load("bytemill");

    private static readonly ArchUnitNET.Domain.Architecture s_architecture =
        new ArchLoader().LoadAssemblies(s_tokenization, s_training, s_corpus, s_pipeline, s_app).Build();

    public static TheoryData<string, string[]> Allowed => new()
    {
        { "Bytemill.Tokenization", [] },
        { "Bytemill.MLTokenizers", ["Bytemill.Tokenization"] },
        { "Bytemill.Corpus", [] },
        { "Bytemill.Training", ["Bytemill.Tokenization"] },
        { "Bytemill.Pipeline", ["Bytemill.Training", "Bytemill.Corpus", "Bytemill.Tokenization"] },
        { "Bytemill.Web", ["Bytemill.Pipeline", "Bytemill.Training", "Bytemill.Corpus", "Bytemill.Tokenization"] },
        { "bytemill", ["Bytemill.Web", "Bytemill.Pipeline", "Bytemill.Training", "Bytemill.Corpus", "Bytemill.Tokenization"] },
    };

    [Theory]
    [MemberData(nameof(Allowed))]
    public void Assembly_OwnReferences_AreOnlyTheAllowed(string assembly, string[] allowed)
    {
        string[] found =
        [
            .. Assembly.Load(assembly).GetReferencedAssemblies().Select(reference => reference.Name!)
                .Where(name => name.StartsWith("Bytemill", StringComparison.OrdinalIgnoreCase)),
        ];
        Assert.Empty(found.Except(allowed));
    }

    [Theory]
    [InlineData("Bytemill.Tokenization", "Akka|Parquet|Google|Microsoft.Extensions|Microsoft.ML|Spectre|ZstdSharp")]
    [InlineData("Bytemill.MLTokenizers", "Akka|Parquet|Google|Microsoft.Extensions|Spectre|ZstdSharp")]
    [InlineData("Bytemill.Training", "Akka|Parquet|Google|Microsoft.Extensions|Spectre")]
    [InlineData("Bytemill.Corpus", "Akka|Google|Spectre")]
    [InlineData("Bytemill.Pipeline", "Parquet|Spectre")]
    public void Assembly_ForeignReferences_HaveNoneOfThese(string assembly, string forbidden)
    {
        string[] prefixes = forbidden.Split('|');
        string[] found =
        [
            .. Assembly.Load(assembly).GetReferencedAssemblies().Select(reference => reference.Name!)
                .Where(name => prefixes.Any(prefix => name.StartsWith(prefix, StringComparison.Ordinal))),
        ];
        Assert.Empty(found);
    }

    [Fact]
    public void Algorithms_DoNotReadFilesClockOrEnvironment()
    {
        // Model files of the tokenization library may be opened by path; the training library knows no path at all.
        IObjectProvider<IType> hosts = Types(true).That().HaveFullNameMatching(
            @"^System\.(IO\.(File|Directory|Path|FileStream|FileInfo|DirectoryInfo)|DateTime|DateTimeOffset|Environment|Random|Diagnostics\.Stopwatch)$").As("files, clock, environment");
        var rule = Types().That().ResideInAssembly(s_training).Should().NotDependOnAny(hosts);
        Assert.True(rule.HasNoViolations(s_architecture), string.Join('\n', rule.Evaluate(s_architecture).Where(result => !result.Passed).Select(result => result.Description)));
    }

    [Fact]
    public void Actors_DoNotKnowAlgorithmsOrFileFormats()
    {
        // Actors carry messages and decisions; what is computed stands in the task bodies.
        System.Type[] actors = [.. s_pipeline.GetTypes().Where(type => type.IsAssignableTo(typeof(Akka.Actor.ActorBase)))];
        Assert.Contains(actors, type => type.Name == "JobCoordinator");
        IObjectProvider<IType> algorithms = Types(true).That().ResideInAssembly(s_training).Or().ResideInAssembly(s_tokenization).Or().ResideInAssembly(s_corpus).As("algorithms");
        var rule = Types().That().Are(actors).Should().NotDependOnAny(algorithms);
        Assert.True(rule.HasNoViolations(s_architecture), string.Join('\n', rule.Evaluate(s_architecture).Where(result => !result.Passed).Select(result => result.Description)));
    }

    [Fact]
    public void Decisions_KnowNoActorsFilesClockOrThreads()
    {
        // A coordinator's decisions are tried under simulated faults, which is worth nothing if they depend on anything else.
        System.Type[] decisions =
        [
            typeof(CoordinatorMachine), typeof(CoordinatorState), typeof(JobState), typeof(TaskBoard<>), typeof(JobScript), typeof(DecisionQueue), typeof(ShardPlacement),
        ];
        IObjectProvider<IType> hosts = Types(true).That().HaveFullNameMatching(
            @"^(Akka\..*|System\.(IO\.(File|Directory|FileStream|FileInfo|DirectoryInfo)|DateTime|DateTimeOffset|Environment|Random|Guid|Threading\..*|Diagnostics\.Stopwatch))$").As("actors, files, clock, threads");
        var rule = Types().That().Are(decisions).Should().NotDependOnAny(hosts);
        Assert.True(rule.HasNoViolations(s_architecture), string.Join('\n', rule.Evaluate(s_architecture).Where(result => !result.Passed).Select(result => result.Description)));
    }
}
