using System.Collections.Immutable;
using System.Reflection;
using Akka.Actor;
using Akka.Configuration;
using Akka.Serialization;
using Bytemill.Corpus;
using Bytemill.Pipeline;
using Bytemill.Tokenization;
using Bytemill.Training;
using static Bytemill.Pipeline.JobProtocol;
using static Bytemill.Pipeline.TaskProtocol;
using static Bytemill.Pipeline.WatchProtocol;

namespace Bytemill.Tests;

public sealed class PipelineSerializerTests : IDisposable
{
    private static readonly JobSpec s_spec = new()
    {
        Mode = JobMode.Run,
        Inputs = ["/corpus/a.parquet", "/corpus/b/*.parquet"],
        TextColumn = "inhalt",
        OutputDirectory = "/out",
        Training = new TrainerOptions
        {
            Order = 4,
            MaxVocabSizes = [6000, 2500],
            MaxPieceLength = 18,
            MinCount = 32,
            IsolateDigits = true,
            EnsureUnicode = false,
            Normalization = TextNormalization.None,
        },
        ModelPath = "/models/m.bytemill",
        Keep = ["id", "lang"],
        NGramShards = 3,
        PieceShards = 5,
        PruneTogetherBelow = 1L << 33,
        PartitionBytes = 12345,
        Overwrite = true,
        TokenizeWithSize = 2500,
        CompressionLevel = 9,
        Sampling = new JobSampling { Method = SamplingMethod.Viterbi, Alpha = 0.5, Seed = 1UL << 63, Epochs = 3 },
        SpillDirectory = "/fast",
        SkipDiskCheck = true,
        Update = true,
        DropMissing = true,
        KeepCounts = true,
        DatasetCard = true,
        DatasetSplit = "en/train",
        Extend = "/before",
        Where = "lang = zh",
        Sample = 0.5,
        Limit = 1L << 40,
        Layout = new OutputLayout
        {
            Format = OutputFormat.Npy,
            IdType = IdType.UInt16,
            DocumentTokens = DocumentTokens.Eos,
            RowGroupRows = 1L << 33,
            RowGroupBytes = 1L << 34,
            FileBytes = 1L << 35,
            Pack = 2048,
            DropsLast = true,
            Split = "train=0.5,valid=0.5",
            SplitSeed = 1UL << 62,
            Shuffle = 1UL << 61,
            ShuffleSliceBytes = 300,
        },
        OnError = InputErrorHandling.Skip,
        InvalidUtf8 = InvalidUtf8Handling.Keep,
    };

    private static readonly JobReference s_job = new("job-1", 7, "/out/_bytemill/job-1");
    private static readonly TaskIdentity s_task = new(s_job, 3, 11, 2);

    private static readonly StageSpec s_stage = new(
        3,
        StageKind.CutSlices,
        5,
        new StageInputs
        {
            Runs = "runs",
            Base = "base",
            Slices = "slices",
            Kept = "kept",
            Dropped = "dropped",
            Ranked = "ranked",
            Cut = "cut",
            NGramModel = "model",
            Vocabularies = "6000=a,2500=b",
            Tokenized = "tokenized",
            LeftOut = "left",
            Counts = "counts",
        },
        42);

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
        LeftOutRows = 13,
        InvalidRows = 14,
        TextDigest = 1UL << 63,
        Reused = 1,
        ReusedBytes = 17,
    };

    private static readonly PoisonTask s_poison = new(2, StageKind.SegmentPieces, 1, [new FailedAttempt(1, "host:1/worker-0", "bad sector")]);

    private static readonly JobSummary s_summary = new(
        "job-1",
        JobStatus.Paused,
        JobMode.Train,
        "/out",
        -3,
        1_700_000_000_000,
        1_700_000_000_001,
        new JobProgressed("job-1", Phase.Segment, "segmenting", 5, 9, true, 2, 8, 3, 1, "paused"),
        "text");

    private static readonly JobSummary s_ended = new("job-2", JobStatus.Cancelled, null, "", 0, 0, 0, null, "");

    private static readonly StageReport s_stageReport = new(3, StageKind.CutSlices, 10, 4, 3, 2, 1, 1_700_000_000_000, 99, true);
    private static readonly TaskReport s_taskReport = new(11, TaskState.Running, "host:1/worker-0", 2, 5, 9, 1_700_000_000_000, 42, "bad sector", true);

    private static readonly NodeStatistics s_node = new(
        "host:1",
        ["worker", "web"],
        "0.1.0",
        "pod-1",
        1_700_000_000_000,
        1_700_000_000_001,
        8,
        0.5,
        1L << 33,
        1L << 34,
        1L << 35,
        1L << 36,
        6,
        [new RunningTask("job-1", 3, StageKind.CutSlices, 11, 77, 1.5)],
        [new OwnedShards("job-1", ShardKind.Piece, [1, 4])],
        2.5,
        0.25);

    // One of each message, every field set to something that is not its default. The bytes are what version 1 writes: they
    // must be readable for ever, so a change here needs a new manifest, not new bytes.
    private static readonly (IWireMessage Message, string Manifest, string Hex)[] s_samples =
    [
        (new SubmitJob("job-1", s_spec, -3), "sj1", "0a056a6f622d3112ad0212112f636f727075732f612e7061727175657412132f636f727075732f622f2a2e706172717565741a06696e68616c7422042f6f75742a0e08041204f02ec41318122020280132122f6d6f64656c732f6d2e627974656d696c6c3a0a0a0269640a046c616e674003480550b960580160c413680972052f666173747801800180808080208a0116080111000000000000e03f19000000000000008020039201096c616e67203d207a689901000000000000e03fa001808080808020a80101b00103c201480802100218022080808080202880808080403080808080800138801040014a13747261696e3d302e352c76616c69643d302e3551000000000000004059000000000000002060ac02c80101d00101d80101e201072f6265666f7265e80101f20108656e2f747261696e1805"),
        (new JobAccepted("job-1"), "ja1", "0a056a6f622d31"),
        (new WatchJob("job-1"), "wj1", "0a056a6f622d31"),
        (new CancelJob("job-1"), "cj1", "0a056a6f622d31"),
        (new JobProgressed("job-1", Phase.Segment, "segmenting", 5, 9, true, 2, 8, 3, 1, "full"), "jp1", "0a056a6f622d3110041a0a7365676d656e74696e6720052809300138024008480350015a0466756c6c"),
        (new JobCompleted("job-1", "/out/manifest.json"), "jc1", "0a056a6f622d3112122f6f75742f6d616e69666573742e6a736f6e"),
        (new JobFailed("job-1", "disk full", true, s_poison), "jf1", "0a056a6f622d3112096469736b2066756c6c18012227080210041801221f0801120f686f73743a312f776f726b65722d301a0a62616420736563746f72"),
        (new JobCancelled("job-1"), "jx1", "0a056a6f622d31"),
        (new PauseJob("job-1"), "jo1", "0a056a6f622d31"),
        (new ResumeJob("job-1"), "jr1", "0a056a6f622d31"),
        (new PrioritizeJob("job-1", -3), "jq1", "0a056a6f622d311005"),
        (new GetJob("job-1"), "gj1", "0a056a6f622d31"),
        (ListJobs.Instance, "lj1", ""),
        (new JobReported("job-1", s_summary, [new StageTime(StageKind.TokenizeFiles, 5, 6, 7, s_metrics)], s_poison, "too late"), "jt1", "0a056a6f622d3112540a056a6f622d311003180122042f6f757428053080d095ffbc313881d095ffbc31422b0a056a6f622d3110041a0a7365676d656e74696e6720052809300138024008480350015a067061757365644a04746578741a3a080f1005180620072a300801108080808080201803200428053006380740084809500a580b600c680d700e7900000000000000808001018801112227080210041801221f0801120f686f73743a312f776f726b65722d301a0a62616420736563746f722a08746f6f206c617465"),
        (new JobsListed([s_summary, s_ended], 3), "jl1", "0a540a056a6f622d311003180122042f6f757428053080d095ffbc313881d095ffbc31422b0a056a6f622d3110041a0a7365676d656e74696e6720052809300138024008480350015a067061757365644a04746578740a090a056a6f622d3210071003"),
        (new RequestTask("host:1/worker-0"), "rt1", "0a0f686f73743a312f776f726b65722d30"),
        (new AssignTask(s_task, s_stage, "00-1-2-01"), "at1", "0a270a1f0a056a6f622d3110071a142f6f75742f5f627974656d696c6c2f6a6f622d311003180b200212690803100d1805225f0a0472756e731204626173651a06736c6963657322046b6570742a0764726f70706564320672616e6b65643a0363757442056d6f64656c4a0d363030303d612c323530303d625209746f6b656e697a65645a046c6566746206636f756e7473282a1a0930302d312d322d3031"),
        (new TaskProgressed(s_task, 77, 99), "tp1", "0a270a1f0a056a6f622d3110071a142f6f75742f5f627974656d696c6c2f6a6f622d311003180b2002104d1863"),
        (new TaskCompleted(s_task, "stages/s0003/t000011", s_metrics, 88), "tc1", "0a270a1f0a056a6f622d3110071a142f6f75742f5f627974656d696c6c2f6a6f622d311003180b200212147374616765732f73303030332f743030303031311a300801108080808080201803200428053006380740084809500a580b600c680d700e7900000000000000808001018801112058"),
        (new TaskFailed(s_task, "no space", true, true, true, true), "tf1", "0a270a1f0a056a6f622d3110071a142f6f75742f5f627974656d696c6c2f6a6f622d311003180b200212086e6f2073706163651801200128013001"),
        (new TaskAcknowledged(s_task, true, "stages/s0003/t000011"), "ta1", "0a270a1f0a056a6f622d3110071a142f6f75742f5f627974656d696c6c2f6a6f622d311003180b200210011a147374616765732f73303030332f74303030303131"),
        (new ReleaseJob(s_job), "rj1", "0a1f0a056a6f622d3110071a142f6f75742f5f627974656d696c6c2f6a6f622d31"),
        (new RegisterShardHost("host:1/shards"), "rs1", "0a0d686f73743a312f736861726473"),
        (new OwnShards(s_job, ShardKind.Piece, [1, 4]), "os1", "0a1f0a056a6f622d3110071a142f6f75742f5f627974656d696c6c2f6a6f622d3110011a020104"),
        (Leaving.Instance, "lv1", ""),
        (new GetJobTasks("job-1", 3, 4, 5, TaskSelection.Troubled), "wt1", "0a056a6f622d311003180420052802"),
        (new JobTasks("job-1", true, [s_stageReport], 3, 4, [new TaskCell(TaskState.Running, true, false), new TaskCell(TaskState.Failed, false, true)], [s_taskReport], 12), "wt2", "0a056a6f622d3110011a190803100d180a20042803300238014080d095ffbc314863500120032804320209133a32080b10011a0f686f73743a312f776f726b65722d302002280530093880d095ffbc31402a4a0a62616420736563746f7250014018"),
        (new GetJobEvents("job-1", 7, 3), "we1", "0a056a6f622d3110071803"),
        (new JobEvents("job-1", true, 3, [new JobEvent(7, 1_700_000_000_000, EventSeverity.Warning, "lost", 2, 5, "host:1"), new JobEvent(8, 1_700_000_000_001, EventSeverity.Info, "done")], 9), "we2", "0a056a6f622d3110011803221d08071080d095ffbc31180222046c6f7374280230053a06686f73743a31221108081081d095ffbc3118012204646f6e652809"),
        (new NodeReported(s_node), "wn1", "0a95010a06686f73743a311206776f726b657212037765621a05302e312e302205706f642d312880d095ffbc313081d095ffbc31380841000000000000e03f4880808080205080808080405880808080800160808080808002680672180a056a6f622d311003180d200b284d31000000000000f83f7a0d0a056a6f622d3110011a020104810100000000000004408901000000000000d03f"),
        (new ListNodes("host:0"), "wn2", "0a06686f73743a30"),
        (new NodesListed([s_node], "host:2", true), "wn3", "0a95010a06686f73743a311206776f726b657212037765621a05302e312e302205706f642d312880d095ffbc313081d095ffbc31380841000000000000e03f4880808080205080808080405880808080800160808080808002680672180a056a6f622d311003180d200b284d31000000000000f83f7a0d0a056a6f622d3110011a020104810100000000000004408901000000000000d03f1206686f73743a321801"),
    ];

    private readonly ActorSystem _system = ActorSystem.Create(
        "serialization",
        BootstrapSetup.Create()
            .WithConfig(ConfigurationFactory.ParseString("akka.actor.serialization-settings.allow-unregistered-types = false"))
            .And(SerializationSetup.Create(system =>
                [SerializerDetails.Create("bytemill", new PipelineSerializer(system), ImmutableHashSet.Create(typeof(IWireMessage)))])));

    public static TheoryData<string> Types => [.. s_samples.Select(sample => sample.Message.GetType().Name)];

    [Fact]
    public void Samples_CoverEveryMessageType()
    {
        IEnumerable<string> types = typeof(IWireMessage).Assembly.GetTypes()
            .Where(type => type.IsAssignableTo(typeof(IWireMessage)) && !type.IsInterface)
            .Select(type => type.Name)
            .Order(StringComparer.Ordinal);
        Assert.Equal(types, s_samples.Select(sample => sample.Message.GetType().Name).Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void Message_ThroughTheActorSystemsSerialization_IsTheSame(string type)
    {
        IWireMessage message = Sample(type).Message;
        Serializer serializer = _system.Serialization.FindSerializerFor(message);
        Assert.IsType<PipelineSerializer>(serializer);
        string manifest = Akka.Serialization.Serialization.ManifestFor(serializer, message);
        byte[] bytes = serializer.ToBinary(message);
        object back = _system.Serialization.Deserialize(bytes, serializer.Identifier, manifest);
        Assert.Equivalent(message, back, strict: true);
        Assert.Equal(bytes, serializer.ToBinary(back));
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void Message_OnTheWire_IsWhatVersion1Wrote(string type)
    {
        (IWireMessage message, string manifest, string hex) = Sample(type);
        var serializer = new PipelineSerializer((ExtendedActorSystem)_system);
        Assert.Equal(manifest, serializer.Manifest(message));
        Assert.Equal(hex, Convert.ToHexStringLower(serializer.ToBinary(message)));
        Assert.Equivalent(message, serializer.FromBinary(Convert.FromHexString(hex), manifest), strict: true);
    }

    // Written before fields were added; they read as if these were not set.
    [Theory]
    [InlineData("jp1", "0a056a6f622d3110041a0a7365676d656e74696e672005280930013802400848035001")]
    [InlineData("sj1", "0a056a6f622d3112840112112f636f727075732f612e7061727175657412132f636f727075732f622f2a2e706172717565741a06696e68616c7422042f6f75742a0e08041204f02ec41318122020280132122f6d6f64656c732f6d2e627974656d696c6c3a0a0a0269640a046c616e674003480550b960580160c413680972052f66617374780180018080808020")]
    [InlineData("jf1", "0a056a6f622d3112096469736b2066756c6c1801")]
    [InlineData("tf1", "0a270a1f0a056a6f622d3110071a142f6f75742f5f627974656d696c6c2f6a6f622d311003180b200212086e6f2073706163651801")]
    [InlineData("tp1", "0a270a1f0a056a6f622d3110071a142f6f75742f5f627974656d696c6c2f6a6f622d311003180b2002104d")]
    [InlineData("tc1", "0a270a1f0a056a6f622d3110071a142f6f75742f5f627974656d696c6c2f6a6f622d311003180b200212147374616765732f73303030332f743030303031311a1308011080808080802018032004280530063807")]
    public void Message_OfAnEarlierProgram_IsRead(string manifest, string hex)
    {
        var serializer = new PipelineSerializer((ExtendedActorSystem)_system);
        object expected = manifest switch
        {
            "sj1" => new SubmitJob("job-1", s_spec with { Sampling = null, Where = null, Sample = null, Limit = null, Layout = new OutputLayout(), OnError = InputErrorHandling.Fail, InvalidUtf8 = InvalidUtf8Handling.Fail, Update = false, DropMissing = false, KeepCounts = false, Extend = null, DatasetCard = false, DatasetSplit = null }),
            "jf1" => new JobFailed("job-1", "disk full", true),
            "jp1" => (JobProgressed)Sample(nameof(JobProgressed)).Message with { Notice = "" },
            "tp1" => new TaskProgressed(s_task, 77),
            "tf1" => (TaskFailed)Sample(nameof(TaskFailed)).Message with { IsDiskFull = false, IsWorkFileFault = false, IsStoreOutage = false },
            _ => (TaskCompleted)Sample(nameof(TaskCompleted)).Message with { ElapsedMs = 0, Metrics = s_metrics with { WrittenBytes = 0, ScratchBytes = 0, CoveredBytes = 0, PassedRows = 0, WeightedBytes = 0, LeftOutRows = 0, InvalidRows = 0, TextDigest = 0, Reused = 0, ReusedBytes = 0 } },
        };
        Assert.Equivalent(expected, serializer.FromBinary(Convert.FromHexString(hex), manifest), strict: true);
    }

    [Fact]
    public void Sample_EveryField_IsNotItsDefault()
    {
        // Else a field forgotten in the wire form would go unnoticed.
        foreach (PropertyInfo property in typeof(JobSpec).GetProperties().Where(property => property.CanWrite))
        {
            if (property.Name == nameof(JobSpec.Mode))
            {
                continue;
            }

            object? value = property.GetValue(s_spec);
            Assert.False(Equals(value, property.GetValue(new JobSpec { Inputs = [], OutputDirectory = "" })), property.Name);
        }

        foreach (PropertyInfo property in typeof(TrainerOptions).GetProperties().Where(property => property.CanWrite))
        {
            Assert.False(Equals(property.GetValue(s_spec.Training), property.GetValue(new TrainerOptions())), property.Name);
        }

        foreach (PropertyInfo property in typeof(JobSampling).GetProperties().Where(property => property.CanWrite))
        {
            Assert.False(Equals(property.GetValue(s_spec.Sampling), property.GetValue(new JobSampling())), property.Name);
        }

        foreach (PropertyInfo property in typeof(OutputLayout).GetProperties().Where(property => property.CanWrite))
        {
            Assert.False(Equals(property.GetValue(s_spec.Layout), property.GetValue(new OutputLayout())), property.Name);
        }
    }

    [Fact]
    public void FromBinary_UnknownManifest_NamesIt()
    {
        var serializer = new PipelineSerializer((ExtendedActorSystem)_system);
        Exception error = Assert.Throws<System.Runtime.Serialization.SerializationException>(() => serializer.FromBinary([], "zz9"));
        Assert.Contains("zz9", error.Message, StringComparison.Ordinal);
    }

    public void Dispose() => _system.Dispose();

    private static (IWireMessage Message, string Manifest, string Hex) Sample(string type) =>
        s_samples.Single(sample => sample.Message.GetType().Name == type);
}
