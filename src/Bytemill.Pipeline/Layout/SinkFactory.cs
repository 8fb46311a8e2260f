using System.Collections.Immutable;
using System.Text.Json;
using Bytemill.Corpus;

namespace Bytemill.Pipeline;

/// <summary>Opens the outputs of a layout.</summary>
internal sealed class SinkFactory(JobSpec spec, IdType type, KeptSchema kept, ImmutableArray<KeyValuePair<string, string>> metadata, OutputFiles files)
{
    private static readonly JsonSerializerOptions s_json = new()
    {
        WriteIndented = true,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private readonly OutputLayout _layout = spec.Layout;

    /// <summary>One output after the other, each as long as the layout says.</summary>
    /// <param name="stem">Name without extension, relative to the output directory.</param>
    /// <param name="split">The part it belongs to; empty for none.</param>
    /// <param name="epoch">Its epoch, where segmentations are drawn.</param>
    public RollingSink Roll(string stem, string split, int? epoch)
    {
        string main = "";
        return new RollingSink(
            part =>
            {
                string name = _layout.FileBytes is null ? stem : FormattableString.Invariant($"{stem}-{part:D5}");
                main = name + MainExtension;
                return Open(name, split, epoch);
            },
            _layout.FileBytes,
            sink => files.SetCounts(main, sink.Rows, sink.Tokens));
    }

    private string MainExtension => _layout.Format switch
    {
        OutputFormat.Megatron => ".bin",
        OutputFormat.Npy => ".npy",
        _ => ".parquet",
    };

    private RowSink Open(string name, string split, int? epoch)
    {
        FileStream Create(string extension) => files.Create(name + extension, split, epoch);
        switch (_layout.Format)
        {
            case OutputFormat.Megatron:
                var megatron = new MegatronSink(Create(MainExtension), Create(".idx"), type);
                WriteMetadata(Create(".json"));
                return megatron;
            case OutputFormat.Npy:
                NpySink npy = _layout.Pack is { } length
                    ? NpySink.ForSequences(Create(MainExtension), Create(".position_ids.npy"), Create(".document_ids.npy"), type, length)
                    : NpySink.ForDocuments(Create(MainExtension), Create(".offsets.npy"), type);
                WriteMetadata(Create(".json"));
                return npy;
            default:
                var defaults = new ParquetSinkOptions();
                return new ParquetSink(Create(MainExtension), name + MainExtension, new ParquetSinkOptions
                {
                    Kept = kept,
                    IdType = type,
                    IsPacked = _layout.Pack is not null,
                    ZstdLevel = spec.CompressionLevel,
                    DescribesFeatures = spec.DatasetCard,
                    RowGroupRows = _layout.RowGroupRows ?? defaults.RowGroupRows,
                    RowGroupBytes = _layout.RowGroupBytes ?? defaults.RowGroupBytes,
                    Metadata = metadata,
                });
        }
    }

    // These formats have no room for it.
    private void WriteMetadata(FileStream file)
    {
        using (file)
        {
            JsonSerializer.Serialize(file, new SortedDictionary<string, string>(metadata.ToDictionary(), StringComparer.Ordinal), s_json);
            file.Write("\n"u8);
        }
    }
}
