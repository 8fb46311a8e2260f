namespace Bytemill.Corpus;

#pragma warning disable CA1720 // They are names of types: those of the arrays that readers make.
/// <summary>Type of the ids in an output. Numbers are on the wire: never reuse one.</summary>
public enum IdType
{
    /// <summary>What suits format and vocabulary.</summary>
    Default = 0,

    /// <summary>Signed, 32 bits.</summary>
    Int32 = 1,

    /// <summary>Unsigned, 16 bits: for vocabularies of at most 65 536 ids.</summary>
    UInt16 = 2,

    /// <summary>Unsigned, 32 bits.</summary>
    UInt32 = 3,

    /// <summary>Unsigned, 16 bits, where the vocabulary allows, else 32.</summary>
    Narrowest = 4,
}
