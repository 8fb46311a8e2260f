using Bytemill.Corpus;

namespace Bytemill.Pipeline;

/// <summary>Layouts between their records and their wire form.</summary>
internal static class WireLayouts
{
    public static Wire.OutputLayout ToWire(OutputLayout layout)
    {
        var wire = new Wire.OutputLayout
        {
            Format = (int)layout.Format,
            IdType = (int)layout.IdType,
            DropsLast = layout.DropsLast,
            SplitSeed = layout.SplitSeed,
            ShuffleSliceBytes = layout.ShuffleSliceBytes,
        };
        if (layout.DocumentTokens is { } tokens)
        {
            wire.DocumentTokens = (int)tokens;
        }

        if (layout.RowGroupRows is { } rows)
        {
            wire.RowGroupRows = rows;
        }

        if (layout.RowGroupBytes is { } groupBytes)
        {
            wire.RowGroupBytes = groupBytes;
        }

        if (layout.FileBytes is { } fileBytes)
        {
            wire.FileBytes = fileBytes;
        }

        if (layout.Pack is { } pack)
        {
            wire.Pack = pack;
        }

        if (layout.Split is { } split)
        {
            wire.Split = split;
        }

        if (layout.Shuffle is { } shuffle)
        {
            wire.Shuffle = shuffle;
        }

        return wire;
    }

    public static OutputLayout FromWire(Wire.OutputLayout wire) => new()
    {
        Format = (OutputFormat)wire.Format,
        IdType = (IdType)wire.IdType,
        DocumentTokens = wire.HasDocumentTokens ? (DocumentTokens)wire.DocumentTokens : null,
        RowGroupRows = wire.HasRowGroupRows ? wire.RowGroupRows : null,
        RowGroupBytes = wire.HasRowGroupBytes ? wire.RowGroupBytes : null,
        FileBytes = wire.HasFileBytes ? wire.FileBytes : null,
        Pack = wire.HasPack ? wire.Pack : null,
        DropsLast = wire.DropsLast,
        Split = wire.HasSplit ? wire.Split : null,
        SplitSeed = wire.SplitSeed,
        Shuffle = wire.HasShuffle ? wire.Shuffle : null,
        // Not there in what was written before rows could be shuffled.
        ShuffleSliceBytes = wire.ShuffleSliceBytes == 0 ? new OutputLayout().ShuffleSliceBytes : wire.ShuffleSliceBytes,
    };
}
