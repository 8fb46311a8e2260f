using System.Collections.Immutable;
using System.Runtime.Serialization;
using Akka.Actor;
using Akka.Configuration;
using Akka.Serialization;
using Bytemill.Pipeline;
using Bytemill.Tokenization;
using Bytemill.Training;
using static Bytemill.Pipeline.CoordinatorEvent;

namespace Bytemill.Tests;

public sealed class JournalSerializerTests : IDisposable
{
    private static readonly JobSpec s_spec = new()
    {
        Mode = JobMode.Tokenize,
        Inputs = ["/corpus/*.parquet"],
        TextColumn = "inhalt",
        OutputDirectory = "/out",
        Training = new TrainerOptions { Order = 4, MaxVocabSizes = [6000, 2500], Normalization = TextNormalization.None },
        ModelPath = "/models/m.bytemill",
        Keep = ["id"],
        Sampling = new JobSampling { Method = SamplingMethod.Viterbi, Alpha = 0.5, Seed = 7, Epochs = 3 },
        SpillDirectory = "/fast",
    };

    private static readonly TaskMetrics s_metrics = new()
    {
        Units = 1,
        Entries = 1L << 40,
        Rows = 3,
        TextBytes = 4,
        NormalizedBytes = 5,
        Tokens = 6,
        SingleByteTokens = 7,
        WrittenBytes = 8,
        ScratchBytes = 9,
        CoveredBytes = 10,
        PassedRows = 11,
        WeightedBytes = 12,
    };

    private static readonly CommittedAttempt s_attempt = new("stages/s0002/t000001-e3-a2-x", s_metrics);
    private static readonly PlanFacts s_plan = new(new JobSize(11, 12, 13, 14), 15, 16, 17, 18, 19);

    private static readonly JobEvent s_event = new(7, 1_700_000_000_003, EventSeverity.Warning, "back", 4, 5, "host:1");

    private static readonly PoisonTask s_poison = new(2, StageKind.SegmentPieces, 1, [new FailedAttempt(1, "host:1/worker-0", "bad sector")]);

    // One of each entry, every field set to something that is not its default. The bytes are what version 1 writes: a journal
    // that holds them must be readable for ever, so a change here needs a new manifest, not new bytes.
    private static readonly (object Entry, string Manifest, string Hex)[] s_samples =
    [
        (new CoordinatorStarted(3, "node1/0f", 1_700_000_000_002), "cs1", "080312086e6f6465312f30661882d095ffbc31"),
        (new JobAccepted("job-1", s_spec, true, -3, 1_700_000_000_000), "ja1", "0a056a6f622d31127d080212112f636f727075732f2a2e706172717565741a06696e68616c7422042f6f75742a0e08041204f02ec41318242002300132122f6d6f64656c732f6d2e627974656d696c6c3a040a026964400848085080808010680372052f6661737480018080108a0116080111000000000000e03f1907000000000000002003180120052880d095ffbc31"),
        (new JobPlanned("job-1", s_plan, 1_700_000_000_002), "jp1", "0a056a6f622d311212080b100c180d200e280f30103811401248131882d095ffbc31"),
        (new AttemptCommitted("job-1", 2, 1, s_attempt), "ac1", "0a056a6f622d3110021801223d0a1c7374616765732f73303030322f743030303030312d65332d61322d78121d0801108080808080201803200428053006380740084809500a580b600c"),
        (new StageClosed("job-1", 2, s_metrics, 1234, 1_700_000_000_002), "sc1", "0a056a6f622d3110021a1d0801108080808080201803200428053006380740084809500a580b600c20d2092882d095ffbc31"),
        (new AttemptInvalidated("job-1", 2, 1), "ai1", "0a056a6f622d3110021801"),
        (new StageReopened("job-1", 2, 9, 1_700_000_000_002), "sr1", "0a056a6f622d31100218092082d095ffbc31"),
        (new JobEnding("job-1", JobEnd.Failed("bad sector", isInputError: true, s_poison), 1_700_000_000_002), "je1", "0a056a6f622d3112390802120a62616420736563746f7218012227080210041801221f0801120f686f73743a312f776f726b65722d301a0a62616420736563746f721882d095ffbc31"),
        (new JobEnded("job-1", JobEnd.Completed("/out/manifest.json"), 1_700_000_000_001), "jd1", "0a056a6f622d311216080112122f6f75742f6d616e69666573742e6a736f6e1881d095ffbc31"),
        (new JobPaused("job-1", 1_700_000_000_002), "jo1", "0a056a6f622d311082d095ffbc31"),
        (new JobResumed("job-1", 1_700_000_000_002), "jr1", "0a056a6f622d311082d095ffbc31"),
        (new JobPrioritized("job-1", -3, 1_700_000_000_002), "jq1", "0a056a6f622d3110051882d095ffbc31"),
        (
            new CoordinatorSnapshot(
                3,
                "node1/0f",
                [
                    new JobSnapshot(
                        new JobAccepted("job-1", s_spec, true),
                        s_plan,
                        [new StageTime(null, 18, 16, 15, new TaskMetrics()), new StageTime(StageKind.TokenizeFiles, 5, 6, 7, s_metrics)],
                        [new StageOpening(1, 0, 0, false), new StageOpening(2, 1, 99, false), new StageOpening(3, 1, 0, true)],
                        [(1, [s_attempt, null])],
                        [null, s_attempt],
                        JobEnd.Cancelled,
                        -3,
                        true,
                        [s_event]),
                    new JobSnapshot(new JobAccepted("job-2", s_spec, false), null, [], [], [], [], null, 2, false, []),
                ],
                [
                    new EndedJob("job-0", JobEnd.Completed("/out/manifest.json"), JobMode.Train, "/out", 4, 1_700_000_000_000, 1_700_000_000_001, [s_event with { Task = -1 }]),
                    new EndedJob("job-x", JobEnd.Cancelled, null, "", 0, 0, 0, []),
                ]),
            "ss1",
            "080312086e6f6465312f30661a93030a88010a056a6f622d31127d080212112f636f727075732f2a2e706172717565741a06696e68616c7422042f6f75742a0e08041204f02ec41318242002300132122f6d6f64656c732f6d2e627974656d696c6c3a040a026964400848085080808010680372052f6661737480018080108a0116080111000000000000e03f190700000000000000200318011212080b100c180d200e280f30103811401248131a0810121810200f2a001a27080f1005180620072a1d0801108080808080201803200428053006380740084809500a580b600c22020801220608021001186322060803100120012a430801123d0a1c7374616765732f73303030322f743030303030312d65332d61322d78121d0801108080808080201803200428053006380740084809500a580b600c12003200323d0a1c7374616765732f73303030322f743030303030312d65332d61322d78121d0801108080808080201803200428053006380740084809500a580b600c3a02080340054801521d08071083d095ffbc31180222046261636b280430053a06686f73743a311a8b010a86010a056a6f622d32127d080212112f636f727075732f2a2e706172717565741a06696e68616c7422042f6f75742a0e08041204f02ec41318242002300132122f6d6f64656c732f6d2e627974656d696c6c3a040a026964400848085080808010680372052f6661737480018080108a0116080111000000000000e03f1907000000000000002003400422540a056a6f622d301216080112122f6f75742f6d616e69666573742e6a736f6e180122042f6f757428083080d095ffbc313881d095ffbc31421b08071083d095ffbc31180222046261636b28043a06686f73743a31220b0a056a6f622d7812020803"),
    ];

    private readonly ActorSystem _system = ActorSystem.Create(
        "journal",
        BootstrapSetup.Create()
            .WithConfig(ConfigurationFactory.ParseString("akka.actor.serialization-settings.allow-unregistered-types = false"))
            .And(SerializationSetup.Create(system =>
            [
                SerializerDetails.Create(
                    "journal", new JournalSerializer(system), ImmutableHashSet.Create(typeof(CoordinatorEvent), typeof(CoordinatorSnapshot))),
            ])));

    public static TheoryData<string> Types => [.. s_samples.Select(sample => sample.Entry.GetType().Name)];

    [Fact]
    public void Samples_CoverEveryEvent()
    {
        IEnumerable<string> types = typeof(CoordinatorEvent).Assembly.GetTypes()
            .Where(type => type.IsAssignableTo(typeof(CoordinatorEvent)) && !type.IsAbstract)
            .Append(typeof(CoordinatorSnapshot))
            .Select(type => type.Name);
        Assert.Equal(types.Order(StringComparer.Ordinal), s_samples.Select(sample => sample.Entry.GetType().Name).Order(StringComparer.Ordinal));
        Assert.Equal(s_samples.Length, s_samples.Select(sample => sample.Manifest).Distinct().Count());
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void Entry_ThroughTheActorSystemsSerialization_IsTheSame(string type)
    {
        object entry = Sample(type).Entry;
        Serializer serializer = _system.Serialization.FindSerializerFor(entry);
        Assert.IsType<JournalSerializer>(serializer);
        byte[] bytes = serializer.ToBinary(entry);
        object back = _system.Serialization.Deserialize(bytes, serializer.Identifier, Akka.Serialization.Serialization.ManifestFor(serializer, entry));
        Assert.Equivalent(entry, back, strict: true);
        Assert.Equal(bytes, serializer.ToBinary(back));
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void Entry_InTheJournal_IsWhatVersion1Wrote(string type)
    {
        (object entry, string manifest, string hex) = Sample(type);
        var serializer = new JournalSerializer((ExtendedActorSystem)_system);
        Assert.Equal(manifest, serializer.Manifest(entry));
        Assert.Equal(hex, Convert.ToHexStringLower(serializer.ToBinary(entry)));
        Assert.Equivalent(entry, serializer.FromBinary(Convert.FromHexString(hex), manifest), strict: true);
    }

    // Written before fields were added; they read as if these were not set.
    [Theory]
    [InlineData("ja1", "0a056a6f622d31127d080212112f636f727075732f2a2e706172717565741a06696e68616c7422042f6f75742a0e08041204f02ec41318242002300132122f6d6f64656c732f6d2e627974656d696c6c3a040a026964400848085080808010680372052f6661737480018080108a0116080111000000000000e03f19070000000000000020031801")]
    [InlineData("je1", "0a056a6f622d3112100802120a62616420736563746f721801")]
    [InlineData("cs1", "080312086e6f6465312f3066")]
    [InlineData("jp1", "0a056a6f622d311212080b100c180d200e280f3010381140124813")]
    [InlineData("sc1", "0a056a6f622d3110021a1d0801108080808080201803200428053006380740084809500a580b600c20d209")]
    [InlineData("sr1", "0a056a6f622d3110021809")]
    [InlineData("jo1", "0a056a6f622d31")]
    [InlineData("jr1", "0a056a6f622d31")]
    [InlineData("jq1", "0a056a6f622d311005")]
    [InlineData("jd1", "0a056a6f622d311216080112122f6f75742f6d616e69666573742e6a736f6e")]
    [InlineData("ss1", "080312086e6f6465312f30661ae4020a88010a056a6f622d31127d080212112f636f727075732f2a2e706172717565741a06696e68616c7422042f6f75742a0e08041204f02ec41318242002300132122f6d6f64656c732f6d2e627974656d696c6c3a040a026964400848085080808010680372052f6661737480018080108a0116080111000000000000e03f190700000000000000200318011212080b100c180d200e280f30103811401248131a0810121810200f2a001a23080f1005180620072a190801108080808080201803200428053006380740084809500a22020801220608021001186322060803100120012a3f080112390a1c7374616765732f73303030322f743030303030312d65332d61322d7812190801108080808080201803200428053006380740084809500a1200320032390a1c7374616765732f73303030322f743030303030312d65332d61322d7812190801108080808080201803200428053006380740084809500a3a0208031a89010a86010a056a6f622d32127d080212112f636f727075732f2a2e706172717565741a06696e68616c7422042f6f75742a0e08041204f02ec41318242002300132122f6d6f64656c732f6d2e627974656d696c6c3a040a026964400848085080808010680372052f6661737480018080108a0116080111000000000000e03f1907000000000000002003221f0a056a6f622d301216080112122f6f75742f6d616e69666573742e6a736f6e")]
    public void Entry_OfAnEarlierProgram_IsRead(string manifest, string hex)
    {
        TaskMetrics metrics = s_metrics with { PassedRows = 0, WeightedBytes = 0 };
        CommittedAttempt attempt = s_attempt with { Metrics = metrics };
        object expected = manifest switch
        {
            "ja1" => new JobAccepted("job-1", s_spec, true),
            "je1" => new JobEnding("job-1", JobEnd.Failed("bad sector", isInputError: true)),
            "jd1" => new JobEnded("job-1", JobEnd.Completed("/out/manifest.json")),
            "cs1" => new CoordinatorStarted(3, "node1/0f"),
            "jp1" => new JobPlanned("job-1", s_plan),
            "sc1" => new StageClosed("job-1", 2, s_metrics, 1234),
            "sr1" => new StageReopened("job-1", 2, 9),
            "jo1" => new JobPaused("job-1"),
            "jr1" => new JobResumed("job-1"),
            "jq1" => new JobPrioritized("job-1", -3),
            _ => new CoordinatorSnapshot(
                3,
                "node1/0f",
                [
                    new JobSnapshot(
                        new JobAccepted("job-1", s_spec, true),
                        s_plan,
                        [new StageTime(null, 18, 16, 15, new TaskMetrics()), new StageTime(StageKind.TokenizeFiles, 5, 6, 7, metrics)],
                        [new StageOpening(1, 0, 0, false), new StageOpening(2, 1, 99, false), new StageOpening(3, 1, 0, true)],
                        [(1, [attempt, null])],
                        [null, attempt],
                        JobEnd.Cancelled,
                        0,
                        false,
                        []),
                    new JobSnapshot(new JobAccepted("job-2", s_spec, false), null, [], [], [], [], null, 0, false, []),
                ],
                [new EndedJob("job-0", JobEnd.Completed("/out/manifest.json"), null, "", 0, 0, 0, [])]),
        };
        Assert.Equivalent(expected, new JournalSerializer((ExtendedActorSystem)_system).FromBinary(Convert.FromHexString(hex), manifest), strict: true);
    }

    [Fact]
    public void JobPlanned_OfAShuffledJob_IsTheSame()
    {
        var planned = new JobPlanned("job-1", s_plan with { Size = s_plan.Size with { ShuffledFiles = 7 } });
        var serializer = new JournalSerializer((ExtendedActorSystem)_system);
        Assert.Equal("0a056a6f622d311214080b100c180d200e280f30103811401248135007", Convert.ToHexStringLower(serializer.ToBinary(planned)));
        Assert.Equivalent(planned, serializer.FromBinary(serializer.ToBinary(planned), "jp1"), strict: true);
    }

    [Fact]
    public void FromBinary_UnknownManifest_NamesIt()
    {
        var serializer = new JournalSerializer((ExtendedActorSystem)_system);
        Exception error = Assert.Throws<SerializationException>(() => serializer.FromBinary([], "zz9"));
        Assert.Contains("zz9", error.Message, StringComparison.Ordinal);
        Assert.NotNull(JournalFault.Find(new AggregateException(error)));
    }

    public void Dispose() => _system.Dispose();

    private static (object Entry, string Manifest, string Hex) Sample(string type) => s_samples.Single(sample => sample.Entry.GetType().Name == type);
}
