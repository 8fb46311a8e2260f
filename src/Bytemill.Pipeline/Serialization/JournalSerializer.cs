using System.Runtime.Serialization;
using Akka.Actor;
using Akka.Serialization;
using Google.Protobuf;
using static Bytemill.Pipeline.CoordinatorEvent;

namespace Bytemill.Pipeline;

/// <summary>
/// Events and snapshots of the coordinator's journal as protobuf under short manifests; the rules stand in
/// <c>journal.proto</c>. What it does not know it refuses: a coordinator that left decisions out would take others than the one
/// before it.
/// </summary>
public sealed class JournalSerializer : SerializerWithStringManifest
{
    /// <summary>Identifier of this serializer in every journal; never to be reused.</summary>
    public const int SerializerId = 9118;

    private const string CoordinatorStartedManifest = "cs1";
    private const string JobAcceptedManifest = "ja1";
    private const string JobPlannedManifest = "jp1";
    private const string AttemptCommittedManifest = "ac1";
    private const string StageClosedManifest = "sc1";
    private const string AttemptInvalidatedManifest = "ai1";
    private const string StageReopenedManifest = "sr1";
    private const string JobEndingManifest = "je1";
    private const string JobEndedManifest = "jd1";
    private const string JobPausedManifest = "jo1";
    private const string JobResumedManifest = "jr1";
    private const string JobPrioritizedManifest = "jq1";
    private const string SnapshotManifest = "ss1";

    /// <param name="system">The actor system that serializes.</param>
    public JournalSerializer(ExtendedActorSystem system)
        : base(system)
    {
    }

    /// <inheritdoc/>
    public override int Identifier => SerializerId;

    /// <inheritdoc/>
    public override string Manifest(object o) => o switch
    {
        CoordinatorStarted => CoordinatorStartedManifest,
        JobAccepted => JobAcceptedManifest,
        JobPlanned => JobPlannedManifest,
        AttemptCommitted => AttemptCommittedManifest,
        StageClosed => StageClosedManifest,
        AttemptInvalidated => AttemptInvalidatedManifest,
        StageReopened => StageReopenedManifest,
        JobEnding => JobEndingManifest,
        JobEnded => JobEndedManifest,
        JobPaused => JobPausedManifest,
        JobResumed => JobResumedManifest,
        JobPrioritized => JobPrioritizedManifest,
        CoordinatorSnapshot => SnapshotManifest,
        _ => throw new ArgumentException($"The journal has no form for {o.GetType()}.", nameof(o)),
    };

    /// <inheritdoc/>
    public override byte[] ToBinary(object obj)
    {
        IMessage wire = obj switch
        {
            CoordinatorStarted e => WireJournal.ToWire(e),
            JobAccepted e => WireJournal.ToWire(e),
            JobPlanned e => WireJournal.ToWire(e),
            AttemptCommitted e => WireJournal.ToWire(e),
            StageClosed e => WireJournal.ToWire(e),
            AttemptInvalidated e => WireJournal.ToWire(e),
            StageReopened e => WireJournal.ToWire(e),
            JobEnding e => WireJournal.ToWire(e),
            JobEnded e => WireJournal.ToWire(e),
            JobPaused e => WireJournal.ToWire(e),
            JobResumed e => WireJournal.ToWire(e),
            JobPrioritized e => WireJournal.ToWire(e),
            CoordinatorSnapshot snapshot => WireJournal.ToWire(snapshot),
            _ => throw new ArgumentException($"The journal has no form for {obj.GetType()}.", nameof(obj)),
        };
        return wire.ToByteArray();
    }

    /// <inheritdoc/>
    public override object FromBinary(byte[] bytes, string manifest) => manifest switch
    {
        CoordinatorStartedManifest => WireJournal.FromWire(JournalWire.CoordinatorStarted.Parser.ParseFrom(bytes)),
        JobAcceptedManifest => WireJournal.FromWire(JournalWire.JobAccepted.Parser.ParseFrom(bytes)),
        JobPlannedManifest => WireJournal.FromWire(JournalWire.JobPlanned.Parser.ParseFrom(bytes)),
        AttemptCommittedManifest => WireJournal.FromWire(JournalWire.AttemptCommitted.Parser.ParseFrom(bytes)),
        StageClosedManifest => WireJournal.FromWire(JournalWire.StageClosed.Parser.ParseFrom(bytes)),
        AttemptInvalidatedManifest => WireJournal.FromWire(JournalWire.AttemptInvalidated.Parser.ParseFrom(bytes)),
        StageReopenedManifest => WireJournal.FromWire(JournalWire.StageReopened.Parser.ParseFrom(bytes)),
        JobEndingManifest => WireJournal.FromWire(JournalWire.JobEnding.Parser.ParseFrom(bytes)),
        JobEndedManifest => WireJournal.FromWire(JournalWire.JobEnded.Parser.ParseFrom(bytes)),
        JobPausedManifest => WireJournal.FromWire(JournalWire.JobPaused.Parser.ParseFrom(bytes)),
        JobResumedManifest => WireJournal.FromWire(JournalWire.JobResumed.Parser.ParseFrom(bytes)),
        JobPrioritizedManifest => WireJournal.FromWire(JournalWire.JobPrioritized.Parser.ParseFrom(bytes)),
        SnapshotManifest => WireJournal.FromWire(JournalWire.Snapshot.Parser.ParseFrom(bytes)),
        _ => throw new SerializationException($"it holds an entry '{manifest}', which this version of Bytemill does not know"),
    };
}
