namespace Bytemill.Pipeline;

/// <summary>A task in a grid of many: one byte on the wire.</summary>
/// <param name="State">Where it stands.</param>
/// <param name="IsStraggler">Whether it runs and takes long, see <see cref="TaskReport.IsStraggler"/>.</param>
/// <param name="IsTroubled">Whether an attempt at it came to nothing.</param>
public readonly record struct TaskCell(TaskState State, bool IsStraggler, bool IsTroubled)
{
    private const int StateMask = 0b0111;
    private const int StragglerBit = 0b1000;
    private const int TroubledBit = 0b1_0000;

    internal byte ToByte() => (byte)((int)State | (IsStraggler ? StragglerBit : 0) | (IsTroubled ? TroubledBit : 0));

    internal static TaskCell FromByte(byte cell) => new((TaskState)(cell & StateMask), (cell & StragglerBit) != 0, (cell & TroubledBit) != 0);
}
