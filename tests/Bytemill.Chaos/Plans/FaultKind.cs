namespace Bytemill.Chaos;

/// <summary>What is done to the cluster in a round.</summary>
public enum FaultKind
{
    /// <summary>Nothing: what the others are compared with.</summary>
    None,

    /// <summary><c>kill -9</c> of a node that counts, segments or tokenizes.</summary>
    KillWorker,

    /// <summary><c>kill -9</c> of a node whose shards are at work.</summary>
    KillShardOwner,

    /// <summary><c>kill -9</c> of the node that holds the coordinator.</summary>
    KillCoordinator,

    /// <summary><c>kill -9</c> of two nodes at the same time, whatever they are.</summary>
    KillTwo,

    /// <summary><c>kill -9</c> of every node at the same time.</summary>
    KillAll,

    /// <summary>SIGSTOP of a node that is not the coordinator, and SIGCONT when the others have long given it up.</summary>
    StopWorker,

    /// <summary>SIGSTOP of the coordinator's node, and SIGCONT when it has been replaced.</summary>
    StopCoordinator,

    /// <summary>SIGTERM of a node that is not the coordinator: it hands its work back and leaves.</summary>
    TerminateWorker,

    /// <summary>SIGTERM of the coordinator's node.</summary>
    TerminateCoordinator,

    /// <summary>A node that is stopped most of the time, in small slices.</summary>
    SlowNode,

    /// <summary>The disk of the work files is full for some seconds.</summary>
    FullDisk,

    /// <summary>One node is cut off from the network, but not from the storage.</summary>
    CutOneOff,

    /// <summary>The coordinator's node is cut off from the network, but not from the storage.</summary>
    CutCoordinatorOff,

    /// <summary>The network falls into two halves of the same size.</summary>
    SplitInHalves,

    /// <summary>Bytes of a committed work file are flipped.</summary>
    DamageFile,

    /// <summary>A committed work file is deleted, or the whole directory of an attempt.</summary>
    DeleteFile,
}
