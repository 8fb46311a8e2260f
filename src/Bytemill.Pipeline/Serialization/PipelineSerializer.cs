using System.Runtime.Serialization;
using Akka.Actor;
using Akka.Serialization;
using Google.Protobuf;
using static Bytemill.Pipeline.JobProtocol;
using static Bytemill.Pipeline.TaskProtocol;
using static Bytemill.Pipeline.WatchProtocol;

namespace Bytemill.Pipeline;

/// <summary>
/// Messages as protobuf under short manifests. A manifest names a meaning, not a type: renaming a record changes nothing on
/// the wire, a change of meaning takes a new manifest. The rules for fields stand in <c>pipeline.proto</c>.
/// </summary>
public sealed class PipelineSerializer : SerializerWithStringManifest
{
    /// <summary>Identifier of this serializer in the cluster; never to be reused.</summary>
    public const int SerializerId = 9117;

    private const string SubmitJobManifest = "sj1";
    private const string JobAcceptedManifest = "ja1";
    private const string WatchJobManifest = "wj1";
    private const string CancelJobManifest = "cj1";
    private const string JobProgressedManifest = "jp1";
    private const string JobCompletedManifest = "jc1";
    private const string JobFailedManifest = "jf1";
    private const string JobCancelledManifest = "jx1";
    private const string PauseJobManifest = "jo1";
    private const string ResumeJobManifest = "jr1";
    private const string PrioritizeJobManifest = "jq1";
    private const string GetJobManifest = "gj1";
    private const string ListJobsManifest = "lj1";
    private const string JobReportedManifest = "jt1";
    private const string JobsListedManifest = "jl1";
    private const string RequestTaskManifest = "rt1";
    private const string AssignTaskManifest = "at1";
    private const string TaskProgressedManifest = "tp1";
    private const string TaskCompletedManifest = "tc1";
    private const string TaskFailedManifest = "tf1";
    private const string TaskAcknowledgedManifest = "ta1";
    private const string ReleaseJobManifest = "rj1";
    private const string RegisterShardHostManifest = "rs1";
    private const string OwnShardsManifest = "os1";
    private const string LeavingManifest = "lv1";
    private const string GetJobTasksManifest = "wt1";
    private const string JobTasksManifest = "wt2";
    private const string GetJobEventsManifest = "we1";
    private const string JobEventsManifest = "we2";
    private const string NodeReportedManifest = "wn1";
    private const string ListNodesManifest = "wn2";
    private const string NodesListedManifest = "wn3";

    /// <param name="system">The actor system that serializes.</param>
    public PipelineSerializer(ExtendedActorSystem system)
        : base(system)
    {
    }

    /// <inheritdoc/>
    public override int Identifier => SerializerId;

    /// <inheritdoc/>
    public override string Manifest(object o) => o switch
    {
        SubmitJob => SubmitJobManifest,
        JobAccepted => JobAcceptedManifest,
        WatchJob => WatchJobManifest,
        CancelJob => CancelJobManifest,
        JobProgressed => JobProgressedManifest,
        JobCompleted => JobCompletedManifest,
        JobFailed => JobFailedManifest,
        JobCancelled => JobCancelledManifest,
        PauseJob => PauseJobManifest,
        ResumeJob => ResumeJobManifest,
        PrioritizeJob => PrioritizeJobManifest,
        GetJob => GetJobManifest,
        ListJobs => ListJobsManifest,
        JobReported => JobReportedManifest,
        JobsListed => JobsListedManifest,
        RequestTask => RequestTaskManifest,
        AssignTask => AssignTaskManifest,
        TaskProgressed => TaskProgressedManifest,
        TaskCompleted => TaskCompletedManifest,
        TaskFailed => TaskFailedManifest,
        TaskAcknowledged => TaskAcknowledgedManifest,
        ReleaseJob => ReleaseJobManifest,
        RegisterShardHost => RegisterShardHostManifest,
        OwnShards => OwnShardsManifest,
        Leaving => LeavingManifest,
        GetJobTasks => GetJobTasksManifest,
        JobTasks => JobTasksManifest,
        GetJobEvents => GetJobEventsManifest,
        JobEvents => JobEventsManifest,
        NodeReported => NodeReportedManifest,
        ListNodes => ListNodesManifest,
        NodesListed => NodesListedManifest,
        _ => throw new ArgumentException($"No wire form for {o.GetType()}.", nameof(o)),
    };

    /// <inheritdoc/>
    public override byte[] ToBinary(object obj)
    {
        IMessage wire = obj switch
        {
            SubmitJob m => new Wire.SubmitJob { JobId = m.JobId, Spec = WireJobs.ToWire(m.Spec), Priority = m.Priority },
            JobAccepted m => new Wire.JobAccepted { JobId = m.JobId },
            WatchJob m => new Wire.WatchJob { JobId = m.JobId },
            CancelJob m => new Wire.CancelJob { JobId = m.JobId },
            JobProgressed m => WireStatus.ToWire(m),
            JobCompleted m => new Wire.JobCompleted { JobId = m.JobId, ManifestPath = m.ManifestPath },
            JobFailed m => WireStatus.ToWire(m),
            JobCancelled m => new Wire.JobCancelled { JobId = m.JobId },
            PauseJob m => new Wire.PauseJob { JobId = m.JobId },
            ResumeJob m => new Wire.ResumeJob { JobId = m.JobId },
            PrioritizeJob m => new Wire.PrioritizeJob { JobId = m.JobId, Priority = m.Priority },
            GetJob m => new Wire.GetJob { JobId = m.JobId },
            ListJobs => new Wire.ListJobs(),
            JobReported m => WireStatus.ToWire(m),
            JobsListed m => WireStatus.ToWire(m),
            RequestTask m => new Wire.RequestTask { WorkerId = m.WorkerId },
            AssignTask m => new Wire.AssignTask { Task = WireStages.ToWire(m.Task), Stage = WireStages.ToWire(m.Stage), TraceParent = m.TraceParent },
            TaskProgressed m => new Wire.TaskProgressed { Task = WireStages.ToWire(m.Task), Units = m.Units, TotalUnits = m.TotalUnits },
            TaskCompleted m => new Wire.TaskCompleted
            {
                Task = WireStages.ToWire(m.Task),
                AttemptDirectory = m.AttemptDirectory,
                Metrics = WireStages.ToWire(m.Metrics),
                ElapsedMs = m.ElapsedMs,
            },
            TaskFailed m => new Wire.TaskFailed
            {
                Task = WireStages.ToWire(m.Task),
                Reason = m.Reason,
                InputError = m.IsInputError,
                DiskFull = m.IsDiskFull,
                WorkFileFault = m.IsWorkFileFault,
                StoreOutage = m.IsStoreOutage,
            },
            TaskAcknowledged m => new Wire.TaskAcknowledged { Task = WireStages.ToWire(m.Task), Accepted = m.IsAccepted, AttemptDirectory = m.AttemptDirectory },
            ReleaseJob m => new Wire.ReleaseJob { Job = WireJobs.ToWire(m.Job) },
            RegisterShardHost m => new Wire.RegisterShardHost { HostId = m.HostId },
            OwnShards m => new Wire.OwnShards { Job = WireJobs.ToWire(m.Job), Kind = (int)m.Kind, Shards = { m.Shards } },
            Leaving => new Wire.Leaving(),
            GetJobTasks m => new Wire.GetJobTasks { JobId = m.JobId, Stage = m.Stage, First = m.First, Count = m.Count, Selection = (int)m.Selection },
            JobTasks m => WireWatching.ToWire(m),
            GetJobEvents m => new Wire.GetJobEvents { JobId = m.JobId, After = m.After, Epoch = m.Epoch },
            JobEvents m => WireWatching.ToWire(m),
            NodeReported m => new Wire.NodeReported { Node = WireWatching.ToWire(m.Node) },
            ListNodes m => new Wire.ListNodes { After = m.After },
            NodesListed m => new Wire.NodesListed { Nodes = { m.Nodes.Select(WireWatching.ToWire) }, Coordinator = m.Coordinator, Last = m.IsLast },
            _ => throw new ArgumentException($"No wire form for {obj.GetType()}.", nameof(obj)),
        };
        return wire.ToByteArray();
    }

    /// <inheritdoc/>
    public override object FromBinary(byte[] bytes, string manifest)
    {
        switch (manifest)
        {
            case SubmitJobManifest:
                Wire.SubmitJob submit = Wire.SubmitJob.Parser.ParseFrom(bytes);
                return new SubmitJob(submit.JobId, WireJobs.FromWire(submit.Spec), submit.Priority);
            case JobAcceptedManifest:
                return new JobAccepted(Wire.JobAccepted.Parser.ParseFrom(bytes).JobId);
            case WatchJobManifest:
                return new WatchJob(Wire.WatchJob.Parser.ParseFrom(bytes).JobId);
            case CancelJobManifest:
                return new CancelJob(Wire.CancelJob.Parser.ParseFrom(bytes).JobId);
            case JobProgressedManifest:
                return WireStatus.FromWire(Wire.JobProgressed.Parser.ParseFrom(bytes));
            case JobCompletedManifest:
                Wire.JobCompleted completed = Wire.JobCompleted.Parser.ParseFrom(bytes);
                return new JobCompleted(completed.JobId, completed.ManifestPath);
            case JobFailedManifest:
                return WireStatus.FromWire(Wire.JobFailed.Parser.ParseFrom(bytes));
            case JobCancelledManifest:
                return new JobCancelled(Wire.JobCancelled.Parser.ParseFrom(bytes).JobId);
            case PauseJobManifest:
                return new PauseJob(Wire.PauseJob.Parser.ParseFrom(bytes).JobId);
            case ResumeJobManifest:
                return new ResumeJob(Wire.ResumeJob.Parser.ParseFrom(bytes).JobId);
            case PrioritizeJobManifest:
                Wire.PrioritizeJob prioritize = Wire.PrioritizeJob.Parser.ParseFrom(bytes);
                return new PrioritizeJob(prioritize.JobId, prioritize.Priority);
            case GetJobManifest:
                return new GetJob(Wire.GetJob.Parser.ParseFrom(bytes).JobId);
            case ListJobsManifest:
                return ListJobs.Instance;
            case JobReportedManifest:
                return WireStatus.FromWire(Wire.JobReported.Parser.ParseFrom(bytes));
            case JobsListedManifest:
                return WireStatus.FromWire(Wire.JobsListed.Parser.ParseFrom(bytes));
            case RequestTaskManifest:
                return new RequestTask(Wire.RequestTask.Parser.ParseFrom(bytes).WorkerId);
            case AssignTaskManifest:
                Wire.AssignTask assign = Wire.AssignTask.Parser.ParseFrom(bytes);
                return new AssignTask(WireStages.FromWire(assign.Task), WireStages.FromWire(assign.Stage), assign.TraceParent);
            case TaskProgressedManifest:
                Wire.TaskProgressed progressed = Wire.TaskProgressed.Parser.ParseFrom(bytes);
                return new TaskProgressed(WireStages.FromWire(progressed.Task), progressed.Units, progressed.TotalUnits);
            case TaskCompletedManifest:
                Wire.TaskCompleted done = Wire.TaskCompleted.Parser.ParseFrom(bytes);
                return new TaskCompleted(WireStages.FromWire(done.Task), done.AttemptDirectory, WireStages.FromWire(done.Metrics), done.ElapsedMs);
            case TaskFailedManifest:
                Wire.TaskFailed taskFailed = Wire.TaskFailed.Parser.ParseFrom(bytes);
                return new TaskFailed(WireStages.FromWire(taskFailed.Task), taskFailed.Reason, taskFailed.InputError, taskFailed.DiskFull, taskFailed.WorkFileFault, taskFailed.StoreOutage);
            case TaskAcknowledgedManifest:
                Wire.TaskAcknowledged acknowledged = Wire.TaskAcknowledged.Parser.ParseFrom(bytes);
                return new TaskAcknowledged(WireStages.FromWire(acknowledged.Task), acknowledged.Accepted, acknowledged.AttemptDirectory);
            case ReleaseJobManifest:
                return new ReleaseJob(WireJobs.FromWire(Wire.ReleaseJob.Parser.ParseFrom(bytes).Job));
            case RegisterShardHostManifest:
                return new RegisterShardHost(Wire.RegisterShardHost.Parser.ParseFrom(bytes).HostId);
            case OwnShardsManifest:
                Wire.OwnShards own = Wire.OwnShards.Parser.ParseFrom(bytes);
                return new OwnShards(WireJobs.FromWire(own.Job), (ShardKind)own.Kind, [.. own.Shards]);
            case LeavingManifest:
                return Leaving.Instance;
            case GetJobTasksManifest:
                Wire.GetJobTasks tasks = Wire.GetJobTasks.Parser.ParseFrom(bytes);
                return new GetJobTasks(tasks.JobId, tasks.Stage, tasks.First, tasks.Count, (TaskSelection)tasks.Selection);
            case JobTasksManifest:
                return WireWatching.FromWire(Wire.JobTasks.Parser.ParseFrom(bytes));
            case GetJobEventsManifest:
                Wire.GetJobEvents events = Wire.GetJobEvents.Parser.ParseFrom(bytes);
                return new GetJobEvents(events.JobId, events.After, events.Epoch);
            case JobEventsManifest:
                return WireWatching.FromWire(Wire.JobEvents.Parser.ParseFrom(bytes));
            case NodeReportedManifest:
                return new NodeReported(WireWatching.FromWire(Wire.NodeReported.Parser.ParseFrom(bytes).Node));
            case ListNodesManifest:
                return new ListNodes(Wire.ListNodes.Parser.ParseFrom(bytes).After);
            case NodesListedManifest:
                Wire.NodesListed nodes = Wire.NodesListed.Parser.ParseFrom(bytes);
                return new NodesListed([.. nodes.Nodes.Select(WireWatching.FromWire)], nodes.Coordinator, nodes.Last);
            default:
                throw new SerializationException($"Unknown message manifest '{manifest}'; the sender is of a newer version.");
        }
    }
}
