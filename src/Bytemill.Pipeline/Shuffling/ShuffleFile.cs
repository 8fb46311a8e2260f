using System.IO.Hashing;
using Bytemill.Training;

namespace Bytemill.Pipeline;

/// <summary>The rows of one task in shuffled order, in slices of the order, and an index with a checksum for each slice.</summary>
internal static class ShuffleFile
{
    /// <summary>Writes both files.</summary>
    /// <param name="attempt">Where to.</param>
    /// <param name="rows">The rows.</param>
    /// <param name="slices">Into how many slices the order is cut.</param>
    /// <param name="keptSchema">Types of the kept columns.</param>
    /// <param name="cancellation">Cancels.</param>
    public static void Write(AttemptDirectory attempt, RecordSorter rows, int slices, byte[] keptSchema, CancellationToken cancellation)
    {
        var index = new Wire.ShuffleIndex { KeptSchema = Google.Protobuf.ByteString.CopyFrom(keptSchema) };
        using (FileStream file = attempt.Create(WorkFileNames.ShuffleRows))
        {
            var hash = new XxHash3();
            Wire.ShuffleSlice slice = new();
            rows.Drain(
                (key, record) =>
                {
                    while (index.Slices.Count < key.SliceOf(slices))
                    {
                        EndSlice();
                    }

                    slice.LengthBytes += RecordStream.Write(file, key, record, hash);
                    slice.Rows++;
                },
                cancellation);
            while (index.Slices.Count < slices)
            {
                EndSlice();
            }

            void EndSlice()
            {
                slice.Xxh3 = Convert.ToHexStringLower(hash.GetHashAndReset());
                index.Slices.Add(slice);
                slice = new Wire.ShuffleSlice();
            }
        }

        using FileStream output = attempt.Create(WorkFileNames.ShuffleIndex);
        CheckedMessage.Write(output, index);
    }

    /// <summary>Reads one slice.</summary>
    /// <param name="file">The rows.</param>
    /// <param name="index">Their index.</param>
    /// <param name="slice">0-based index of the slice.</param>
    /// <param name="action">Receives each row.</param>
    /// <param name="cancellation">Cancels.</param>
    /// <exception cref="RunFormatException">The slice is damaged.</exception>
    public static void Read(Stream file, Wire.ShuffleIndex index, int slice, RecordSorter.RecordAction action, CancellationToken cancellation)
    {
        file.Position = index.Slices.Take(slice).Sum(before => before.LengthBytes);
        Wire.ShuffleSlice expected = index.Slices[slice];
        (file as IReadAhead)?.Announce(file.Position, expected.LengthBytes);
        var hash = new XxHash3();
        byte[] buffer = [];
        long left = expected.LengthBytes;
        for (long row = 0; row < expected.Rows; row++)
        {
            cancellation.ThrowIfCancellationRequested();
            int length = RecordStream.Read(file, ref buffer, out ShuffleKey key, left, hash);
            left -= RecordStream.LengthOf(length);
            action(key, buffer.AsSpan(0, length));
        }

        if (left != 0 || Convert.ToHexStringLower(hash.GetCurrentHash()) != expected.Xxh3)
        {
            throw RecordStream.Damaged(file);
        }
    }

    /// <summary>Reads all slices only to see whether they are what was written.</summary>
    /// <exception cref="RunFormatException">They are damaged.</exception>
    public static void ReadThrough(Stream file, Wire.ShuffleIndex index)
    {
        for (int slice = 0; slice < index.Slices.Count; slice++)
        {
            Read(file, index, slice, (_, _) => { }, CancellationToken.None);
        }

        if (file.Length != index.Slices.Sum(slice => slice.LengthBytes))
        {
            throw RecordStream.Damaged(file);
        }
    }
}
