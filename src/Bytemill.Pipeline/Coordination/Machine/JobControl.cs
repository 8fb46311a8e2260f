using System.Collections.Immutable;

namespace Bytemill.Pipeline;

/// <summary>What the present coordinator has in hand of one job, beside what the journal says; the next one does not know it.</summary>
internal sealed class JobControl
{
    /// <summary>What is waited for.</summary>
    public JobErrand Errand { get; set; }

    /// <summary>Whether it is one of those that run; else it waits in the queue, or is paused.</summary>
    public bool HasSlot { get; private set; }

    /// <summary>Whether its work files are known to be there: looked at since the coordinator took over, or the job was paused.</summary>
    public bool IsChecked { get; set; }

    /// <summary>Why it stands still; <c>null</c> while it does not.</summary>
    public JobStall? Stall { get; set; }

    /// <summary>How often it has stood still since a task was last committed.</summary>
    public int Stalls { get; set; }

    /// <summary>Whether a work file is known to be damaged, and it is still to be found out which.</summary>
    public bool IsDamaged { get; set; }

    /// <summary>Who was last told to own which shard, by number of the shard.</summary>
    public ImmutableArray<Party> ShardOwners { get; set; } = [];

    /// <summary>Who wants to hear of it.</summary>
    public HashSet<Party> Watchers { get; } = [];

    /// <summary>Whether its tasks may be given out.</summary>
    public bool IsOpenForTasks => HasSlot && IsChecked && Errand == JobErrand.None && Stall is null;

    public void TakeSlot() => HasSlot = true;

    /// <summary>Its tasks go back; what it waits for still comes.</summary>
    public void LoseSlot()
    {
        HasSlot = false;
        IsChecked = false;
        Stall = null;
        Stalls = 0;
        ShardOwners = [];
    }
}
