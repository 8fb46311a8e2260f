using System.Buffers.Binary;
using System.Security.Cryptography;
using Bytemill.Tokenization;
using CsCheck;

namespace Bytemill.Tests;

public class ModelFileTests
{
    private static readonly byte[] s_file = Write(TestModels.Small(true, TextNormalization.None, "<|end|>", "<é>"));

    [Fact]
    public void Read_AfterWrite_GivesTheSameModel()
    {
        TokenizerModel model = ModelFile.Read(new MemoryStream(s_file));
        Assert.Equal(new ModelOptions { IsolateDigits = true, Normalization = TextNormalization.None }, model.Options);
        Assert.Equal(["<|end|>", "<é>"], model.SpecialTokens.UserDefined);
        Assert.Equal(TestModels.SmallVocabulary.Count, model.Vocabulary.Count);
        for (int id = 0; id < model.Vocabulary.Count; id++)
        {
            Assert.True(model.Vocabulary.GetPiece(id).SequenceEqual(TestModels.SmallVocabulary.GetPiece(id)));
            Assert.Equal(TestModels.SmallVocabulary.GetCount(id), model.Vocabulary.GetCount(id));
        }

        Assert.Equal(s_file, Write(model));
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(s_file)), model.Hash);
    }

    [Fact]
    public void Hash_OtherOptionOrCount_Differs()
    {
        string[] hashes =
        [
            TestModels.Small().Hash,
            TestModels.Small(isolateDigits: true).Hash,
            TestModels.Small(special: "<x>").Hash,
            new TokenizerModel(TestModels.SmallVocabulary, new ModelOptions { MinCount = 3 }).Hash,
        ];
        Assert.Equal(4, hashes.Distinct().Count());
        Assert.Equal(TestModels.Small().Hash, TestModels.Small().Hash);
    }

    [Theory]
    [InlineData(0, "model, byte 0: found an empty file; expected the beginning of a Bytemill model")]
    [InlineData(5, "model, byte 0: found bytes 89424D4C0D;")]
    [InlineData(8, "model, the end: found 8 bytes in all; expected a whole model. The file is cut off")]
    [InlineData(43, "found 43 bytes in all")]
    [InlineData(100, "cut off")]
    [InlineData(-1, "The file is cut off or damaged: copy it again.")]
    public void Read_CutOff_SaysSo(int length, string message)
    {
        byte[] file = length < 0 ? s_file[..^-length] : s_file[..length];
        var error = Assert.Throws<ModelFormatException>(() => ModelFile.Read(new MemoryStream(file)));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_OneBitChanged_IsNoticedWherever() =>
        Gen.Int[0, (s_file.Length * 8) - 1].Sample(bit =>
        {
            byte[] file = [.. s_file];
            file[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.Throws<ModelFormatException>(() => ModelFile.Read(new MemoryStream(file)));
        }, iter: 2000);

    [Fact]
    public void Read_LaterVersion_SaysWhatToDo()
    {
        byte[] file = [.. s_file];
        file[8] = 2;
        var error = Assert.Throws<ModelFormatException>(() => ModelFile.Read(new MemoryStream(file), "my.bytemill"));
        Assert.Equal("my.bytemill, byte 8: found format version 2; expected version 1. Read it with the release of Bytemill that wrote it, or a later one.", error.Message);
    }

    // With a right checksum the damage reaches the parser behind it.
    [Fact]
    public void Read_AnyDamageWithRightChecksum_GivesModelOrFormatException() =>
        Gen.Select(Gen.Int[0, 3], Gen.Int[8, s_file.Length - 33], Gen.Byte.Array[0, 9], Gen.Int[0, 40]).Sample((kind, at, bytes, cut) =>
        {
            // Half of the damage goes where the structure is: the header, and the end.
            at = kind == 1 ? 8 + (at % 220) : kind == 2 ? s_file.Length - 33 - (at % 60) : at;
            byte[] body = [.. s_file[..at], .. bytes, .. s_file[Math.Min(at + cut, s_file.Length - 32)..^32]];
            OnlyFormatExceptions([.. body, .. SHA256.HashData(body)]);
        }, iter: 5000);

    [Fact]
    public void Read_AnyBytes_GivesModelOrFormatException() =>
        Gen.Select(Gen.Bool, Gen.Byte.Array[0, 200]).Sample((hasMagic, bytes) =>
            OnlyFormatExceptions(hasMagic ? [.. s_file[..12], .. bytes] : bytes));

    [Fact]
    public void Read_HugeNumbers_AllocateNothing()
    {
        int at = 12 + 4 + BinaryPrimitives.ReadInt32LittleEndian(s_file.AsSpan(12));
        byte[] body = s_file[..^32];
        BinaryPrimitives.WriteUInt32LittleEndian(body.AsSpan(at), uint.MaxValue);
        BinaryPrimitives.WriteUInt32LittleEndian(body.AsSpan(at + 4), 65535);
        byte[] file = [.. body, .. SHA256.HashData(body)];
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Throws<ModelFormatException>(() => ModelFile.Read(new MemoryStream(file)));
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 1 << 20);
    }

    private static void OnlyFormatExceptions(byte[] file)
    {
        try
        {
            TokenizerModel model = ModelFile.Read(new MemoryStream(file));
            Assert.Equal(file, Write(model));
        }
        catch (ModelFormatException error)
        {
            Assert.NotEmpty(error.Message);
        }
    }

    private static byte[] Write(TokenizerModel model)
    {
        using var stream = new MemoryStream();
        ModelFile.Write(model, stream);
        return stream.ToArray();
    }
}
