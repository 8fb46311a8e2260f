using System.Text;
using Bytemill.Corpus;
using CsCheck;

namespace Bytemill.Tests;

/// <summary>Megatron's and NumPy's files byte by byte against plain writers of what their definitions say.</summary>
public sealed class ArrayFormatsTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(IdType.Int32)]
    [InlineData(IdType.UInt16)]
    public void Megatron_AnyRows_IsWhatThePlainWriterWrites(IdType type) => Rows(type).Sample(
        rows =>
        {
            using (var sink = new MegatronSink(Create("m.bin"), Create("m.idx"), type))
            {
                Array.ForEach(rows, row => sink.Append(Row(row), TestContext.Current.CancellationToken));
                Assert.Equal(rows.Sum(row => row.Length), sink.Tokens);
                long length = sink.LengthBytes;
                sink.Complete(TestContext.Current.CancellationToken);
                Assert.Equal(length, new FileInfo(_folder.File("m.bin")).Length + new FileInfo(_folder.File("m.idx")).Length);
            }

            // As the reader of Megatron-LM goes through it: header, lengths, pointers, documents.
            using MemoryStream index = new();
            using BinaryWriter writer = new(index);
            writer.Write(Encoding.ASCII.GetBytes("MMIDIDX\0\0"));
            writer.Write(1UL);
            writer.Write((byte)(type == IdType.UInt16 ? 8 : 4));
            writer.Write((ulong)rows.Length);
            writer.Write((ulong)(rows.Length + 1));
            Array.ForEach(rows, row => writer.Write(row.Length));
            long pointer = 0;
            foreach (int[] row in rows)
            {
                writer.Write(pointer);
                pointer += row.Length * (type == IdType.UInt16 ? 2L : 4L);
            }

            for (long document = 0; document <= rows.Length; document++)
            {
                writer.Write(document);
            }

            return File.ReadAllBytes(_folder.File("m.idx")).AsSpan().SequenceEqual(index.ToArray())
                && File.ReadAllBytes(_folder.File("m.bin")).AsSpan().SequenceEqual(Bytes(rows, type));
        },
        iter: 50,
        threads: 1);

    [Fact]
    public void Megatron_ManyRows_PointersAreWrittenInParts()
    {
        const int Count = 40_000;
        using (var sink = new MegatronSink(Create("m.bin"), Create("m.idx"), IdType.UInt16))
        {
            for (int i = 0; i < Count; i++)
            {
                sink.Append(Row(new int[i % 3]), TestContext.Current.CancellationToken);
            }

            sink.Complete(TestContext.Current.CancellationToken);
        }

        byte[] index = File.ReadAllBytes(_folder.File("m.idx"));
        Assert.Equal(34 + (Count * 12) + ((Count + 1) * 8), index.Length);
        Assert.Equal(2L * Enumerable.Range(0, Count - 1).Sum(i => i % 3), BitConverter.ToInt64(index, 34 + (Count * 4) + ((Count - 1) * 8)));
        Assert.Equal(Count, BitConverter.ToInt64(index, index.Length - 8));
    }

    [Theory]
    [InlineData(IdType.UInt16, "<u2")]
    [InlineData(IdType.UInt32, "<u4")]
    [InlineData(IdType.Int32, "<i4")]
    public void Npy_Documents_AreAFlatArrayAndOffsets(IdType type, string descr) => Rows(type).Sample(
        rows =>
        {
            using (NpySink sink = NpySink.ForDocuments(Create("n.npy"), Create("n.offsets.npy"), type))
            {
                Array.ForEach(rows, row => sink.Append(Row(row), TestContext.Current.CancellationToken));
                sink.Complete(TestContext.Current.CancellationToken);
            }

            int total = rows.Sum(row => row.Length);
            List<long> offsets = [0];
            Array.ForEach(rows, row => offsets.Add(offsets[^1] + row.Length));
            return IsNpy("n.npy", $"{{'descr': '{descr}', 'fortran_order': False, 'shape': ({total},), }}", Bytes(rows, type))
                && IsNpy("n.offsets.npy", $"{{'descr': '<i8', 'fortran_order': False, 'shape': ({offsets.Count},), }}", [.. offsets.SelectMany(BitConverter.GetBytes)]);
        },
        iter: 50,
        threads: 1);

    [Fact]
    public void Npy_Sequences_AreMatrices()
    {
        using (NpySink sink = NpySink.ForSequences(Create("s.npy"), Create("s.position_ids.npy"), Create("s.document_ids.npy"), IdType.UInt16, 4))
        {
            sink.Append(new OutputRow { Ids = [7, 8, 9, 10], TokenCount = 4, DocumentStarts = [0, 3] }, TestContext.Current.CancellationToken);
            sink.Append(new OutputRow { Ids = [11, 65_535, 0, 0], TokenCount = 2, DocumentStarts = [0] }, TestContext.Current.CancellationToken);
            sink.Complete(TestContext.Current.CancellationToken);
        }

        Assert.True(IsNpy("s.npy", "{'descr': '<u2', 'fortran_order': False, 'shape': (2, 4), }", Bytes([[7, 8, 9, 10, 11, 65_535, 0, 0]], IdType.UInt16)));
        Assert.True(IsNpy("s.position_ids.npy", "{'descr': '<i4', 'fortran_order': False, 'shape': (2, 4), }", Bytes([[0, 1, 2, 0, 0, 1, 0, 0]], IdType.Int32)));
        Assert.True(IsNpy("s.document_ids.npy", "{'descr': '<i4', 'fortran_order': False, 'shape': (2, 4), }", Bytes([[0, 0, 0, 1, 0, 0, -1, -1]], IdType.Int32)));
    }

    [Fact]
    public void NpyHeader_LargestShape_Fits()
    {
        byte[] header = NpyFile.Header("<u2", long.MaxValue, int.MaxValue);
        Assert.Equal(128, header.Length);
        Assert.EndsWith(" \n", Encoding.Latin1.GetString(header), StringComparison.Ordinal);
    }

    [Fact]
    public void Append_IdBeyond16Bits_IsRefused()
    {
        using var sink = new MegatronSink(Create("m.bin"), Create("m.idx"), IdType.UInt16);
        Assert.Throws<OverflowException>(() => sink.Append(Row([65_536]), TestContext.Current.CancellationToken));
    }

    // By the definition: magic, version, length of the header, the header padded to 64 bytes and ended by a line feed, the data.
    private bool IsNpy(string name, string dictionary, byte[] data)
    {
        byte[] file = File.ReadAllBytes(_folder.File(name));
        int headerBytes = BitConverter.ToUInt16(file, 8);
        byte[] begin = [0x93, .. "NUMPY"u8, 1, 0];
        return file.AsSpan(0, 8).SequenceEqual(begin)
            && (10 + headerBytes) % 64 == 0
            && Encoding.Latin1.GetString(file, 10, headerBytes) == dictionary.PadRight(headerBytes - 1) + "\n"
            && file.AsSpan(10 + headerBytes).SequenceEqual(data);
    }

    private static Gen<int[][]> Rows(IdType type) => Gen.Int[0, type == IdType.UInt16 ? ushort.MaxValue : int.MaxValue].Array[0, 9].Array[0, 9];

    private static byte[] Bytes(int[][] rows, IdType type) =>
        [.. rows.SelectMany(row => row).SelectMany(id => type == IdType.UInt16 ? BitConverter.GetBytes((ushort)id) : BitConverter.GetBytes(id))];

    private static OutputRow Row(int[] ids) => new() { Ids = ids, TokenCount = ids.Length };

    private FileStream Create(string name) => new(_folder.File(name), FileMode.Create, FileAccess.ReadWrite);
}
