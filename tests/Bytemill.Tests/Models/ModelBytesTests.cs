using Bytemill.Tokenization;

namespace Bytemill.Tests;

public class ModelBytesTests
{
    [Fact]
    public void Read_EndlessStreamThatIsNoModel_IsRefusedByItsBeginning()
    {
        foreach (Action<Stream> read in new Action<Stream>[]
        {
            s => ModelFile.Read(s), s => BytePieceFormat.Read(s), s => Tokenizer.Load(s),
        })
        {
            var zeros = new Zeros();
            Assert.Throws<ModelFormatException>(() => read(zeros));
            Assert.InRange(zeros.BytesRead, 1, 4096);
        }
    }

    [Fact]
    public void ReadFile_GigabytesOfZeros_SaysWhatWasFound()
    {
        string path = Path.GetTempFileName();
        try
        {
            using (FileStream file = File.OpenWrite(path))
            {
                // Sparse: nothing is written.
                file.SetLength(3L << 30);
            }

            var error = Assert.Throws<ModelFormatException>(() => ModelFile.ReadFile(path));
            Assert.Contains("byte 0: found bytes 0000000000000000;", error.Message, StringComparison.Ordinal);
            Assert.Equal(error.Message, Assert.Throws<ModelFormatException>(() => Tokenizer.Load(path)).Message);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(4095)]
    [InlineData(4096)]
    [InlineData(4097)]
    [InlineData(200_000)]
    public void Read_AnyLength_GivesAllThatIsLeft(int length)
    {
        byte[] bytes = [.. Enumerable.Range(0, length + 3).Select(i => (byte)(i * 31))];
        var seekable = new MemoryStream(bytes) { Position = 3 };
        Assert.Equal(bytes[3..], ModelBytes.Read(seekable, "model", (_, _) => { }));
        using var compressed = new MemoryStream();
        using (var pack = new System.IO.Compression.ZLibStream(compressed, System.IO.Compression.CompressionLevel.Fastest, leaveOpen: true))
        {
            pack.Write(bytes);
        }

        compressed.Position = 0;
        using var forward = new System.IO.Compression.ZLibStream(compressed, System.IO.Compression.CompressionMode.Decompress);
        Assert.Equal(bytes, ModelBytes.Read(forward, "model", (_, _) => { }));
    }

    private sealed class Zeros : Stream
    {
        public long BytesRead { get; private set; }

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int count)
        {
            Array.Clear(buffer, offset, count);
            BytesRead += count;
            return count;
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
