using ParquetSharp;

namespace Bytemill.Tests;

/// <summary>How <see cref="SampleFiles"/> writes a text column with ParquetSharp.</summary>
public sealed record SampleOptions
{
    public Compression Compression { get; init; } = Compression.Zstd;

    /// <summary>Null: dictionary.</summary>
    public Encoding? Encoding { get; init; } = ParquetSharp.Encoding.Plain;

    public bool IsPageV2 { get; init; }

    public bool IsRequired { get; init; }

    public bool IsAnnotated { get; init; } = true;

    public bool HasChecksums { get; init; }

    public int PageBytes { get; init; } = 4096;

    /// <summary>Optional structs around the text; with <see cref="IsRequired"/> required ones.</summary>
    public int Structs { get; init; }

    public override string ToString() =>
        $"{Compression} {Encoding?.ToString() ?? "Dictionary"} v{(IsPageV2 ? 2 : 1)} "
        + $"{(IsRequired ? "required" : "optional")} {(IsAnnotated ? "string" : "binary")} in {Structs} structs";
}
