using Bytemill.Corpus;
using Bytemill.Pipeline;

namespace Bytemill.App;

/// <summary>Reads the options of how tokenized files are laid out.</summary>
internal static class LayoutOption
{
    /// <exception cref="JobInputException">A word is unknown, or an option is there without the one that it is about.</exception>
    public static OutputLayout Read(OutputSettings settings)
    {
        OutputFormat format = settings.OutputFormat switch
        {
            "parquet" => OutputFormat.Parquet,
            "megatron" => OutputFormat.Megatron,
            "npy" => OutputFormat.Npy,
            _ => throw new JobInputException($"--output-format is parquet, megatron or npy; found '{settings.OutputFormat}'."),
        };
        if (settings is { Split: null, SplitSeed: not null })
        {
            throw new JobInputException("--split-seed is about dividing rows; say among which parts with --split train=0.98,valid=0.02.");
        }

        return new OutputLayout
        {
            Format = format,
            IdType = settings.IdType switch
            {
                null => IdType.Default,
                "auto" => IdType.Narrowest,
                "int32" => IdType.Int32,
                "uint16" => IdType.UInt16,
                "uint32" => IdType.UInt32,
                _ => throw new JobInputException($"--id-type is int32, uint16, uint32 or auto; found '{settings.IdType}'."),
            },
            DocumentTokens = settings.AddSpecial switch
            {
                null => null,
                "none" => DocumentTokens.None,
                "bos" => DocumentTokens.Bos,
                "eos" => DocumentTokens.Eos,
                "bos,eos" => DocumentTokens.Bos | DocumentTokens.Eos,
                _ => throw new JobInputException($"--add-special is bos,eos or bos or eos or none; found '{settings.AddSpecial}'."),
            },
            RowGroupRows = settings.RowGroupRows,
            RowGroupBytes = settings.RowGroupSize?.Bytes,
            FileBytes = settings.FileSize?.Bytes,
            Pack = settings.Pack,
            DropsLast = settings.PackLast switch
            {
                "pad" => false,
                "drop" => true,
                _ => throw new JobInputException($"--pack-last is pad or drop; found '{settings.PackLast}'."),
            },
            Split = settings.Split,
            SplitSeed = settings.SplitSeed ?? 0,
            Shuffle = settings.Shuffle,
        };
    }
}
