namespace Bytemill.Tokenization;

/// <summary>One slot of the double array. A step reads slots of one cache line each.</summary>
internal struct AutomatonUnit
{
    /// <summary>The child for byte b sits at <c>Base ^ b</c>; 0 when there are no children.</summary>
    public int Base;

    /// <summary>Slot of the parent; a slot belongs to the asker only when this matches.</summary>
    public int Check;

    /// <summary>Nearest shorter suffix that is a state with children; the root at the end.</summary>
    public int Fail;

    /// <summary>Where this state's list of pieces begins; the list ends with a piece of one byte.</summary>
    public int Matches;
}
