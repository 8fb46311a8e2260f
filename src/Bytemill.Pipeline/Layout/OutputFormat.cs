namespace Bytemill.Pipeline;

/// <summary>Format of tokenized files. Numbers are on the wire: never reuse one.</summary>
public enum OutputFormat
{
    /// <summary>Parquet, with the kept columns.</summary>
    Parquet = 0,

    /// <summary>Megatron-LM's indexed dataset: <c>.bin</c> and <c>.idx</c>.</summary>
    Megatron = 1,

    /// <summary>NumPy arrays.</summary>
    Npy = 2,
}
