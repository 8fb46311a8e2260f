using System.Buffers.Binary;
using Bytemill.Tokenization;
using CsCheck;

namespace Bytemill.Tests;

public class CompiledModelFileTests
{
    private static readonly Tokenizer s_tokenizer = new(TestModels.Small(true, TextNormalization.Nfc, "<|end|>", "<é>"));
    private static readonly byte[] s_file = Compile(s_tokenizer);
    private static readonly int s_automatonAt = (int)BinaryPrimitives.ReadInt64LittleEndian(s_file.AsSpan(24));

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Load_WhatWasCompiled_IsTheSameTokenizer(bool fromStream)
    {
        using var directory = new TestDirectory();
        string path = directory["small.bytemillc"];
        File.WriteAllBytes(path, s_file);
        Tokenizer loaded = fromStream ? Tokenizer.Load(new MemoryStream(s_file)) : Tokenizer.Load(path);
        Assert.Equal(s_tokenizer.Model.Hash, loaded.Model.Hash);
        Assert.Equal(s_file, Compile(loaded));
        Gen.Byte.Array[0, 200].Sample(
            text => Assert.Equal(s_tokenizer.Encode(text), loaded.Encode(text)), iter: 200);
    }

    [Fact]
    public void Load_OneBitChangedOrCutOff_IsNoticedWherever()
    {
        Gen.Int[0, (s_file.Length * 8) - 1].Sample(bit =>
        {
            byte[] file = [.. s_file];
            file[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.Throws<ModelFormatException>(() => Tokenizer.Load(new MemoryStream(file)));
        }, iter: 2000);
        Gen.Int[0, s_file.Length - 1].Sample(
            length => Assert.Throws<ModelFormatException>(() => Tokenizer.Load(new MemoryStream(s_file[..length]))), iter: 200);
    }

    // With a right checksum the damage reaches the checks behind it: each is put where it does harm.
    [Theory]
    [InlineData(Place.Base, -1, "a slot leads outside it")]
    [InlineData(Place.Base, int.MaxValue, "a slot leads outside it")]
    [InlineData(Place.Fail, int.MaxValue, "a slot leads outside it")]
    [InlineData(Place.Matches, int.MaxValue, "a slot leads outside it")]
    [InlineData(Place.Check, 5, "no child for some byte")]
    [InlineData(Place.RootCheck, 'a', "its root is not one")]
    [InlineData(Place.ChildCheck, 1 << 20, "not one deeper than its parent")]
    [InlineData(Place.ChildCheck, PieceAutomaton.Root, "not one deeper than its parent")]
    [InlineData(Place.Fail, 'b', "falls back on one as deep")]
    [InlineData(Place.Depth, 2, "not one deeper than its parent")]
    [InlineData(Place.Depth, 0, "has no depth")]
    [InlineData(Place.MatchLength, 0, "list of pieces is out of order")]
    [InlineData(Place.MatchLength, 9, "longer than the text before its end")]
    [InlineData(Place.MatchPiece, int.MaxValue, "list of pieces is out of order")]
    [InlineData(Place.Score, 0x7FF80000, "list of pieces is out of order")]
    public void Load_AutomatonThatWouldDoHarm_SaysWhat(Place place, int value, string message)
    {
        byte[] file = [.. s_file];
        Span<byte> automaton = file.AsSpan(s_automatonAt);
        AutomatonLayout layout = AutomatonLayout.ReadHeader(automaton, automaton.Length);
        int unit = (int)AutomatonLayout.UnitsAt + ('a' * 16);
        int child = (int)AutomatonLayout.UnitsAt + ((BinaryPrimitives.ReadInt32LittleEndian(automaton[unit..]) ^ 'a') * 16);
        int list = (int)layout.MatchesAt + (BinaryPrimitives.ReadInt32LittleEndian(automaton[(unit + 12)..]) * 16);
        switch (place)
        {
            case Place.Depth:
                BinaryPrimitives.WriteUInt16LittleEndian(automaton[((int)layout.DepthsAt + ('a' * 2))..], (ushort)value);
                break;
            default:
                int at = place switch
                {
                    Place.Base => unit,
                    Place.Check => unit + 4,
                    Place.ChildCheck => child + 4,
                    Place.RootCheck => (int)AutomatonLayout.UnitsAt + (PieceAutomaton.Root * 16) + 4,
                    Place.Fail => unit + 8,
                    Place.Matches => unit + 12,
                    Place.Score => list + 4,
                    Place.MatchLength => list + 8,
                    _ => list + 12,
                };
                BinaryPrimitives.WriteInt32LittleEndian(automaton[at..], value);
                break;
        }

        Assert.Contains(message, Refused(file).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_AutomatonOfOtherModel_IsRefused()
    {
        byte[] other = Compile(new Tokenizer(new TokenizerModel(
            Vocabulary.Create(Enumerable.Range(0, 256).Select(b => KeyValuePair.Create(new[] { (byte)b }, 1L))), new ModelOptions())));
        ReadOnlySpan<byte> automaton = other.AsSpan((int)BinaryPrimitives.ReadInt64LittleEndian(other.AsSpan(24)));
        byte[] file = [.. s_file[..s_automatonAt], .. automaton];
        BinaryPrimitives.WriteInt64LittleEndian(file.AsSpan(32), automaton.Length - sizeof(uint));
        Assert.Contains("the automaton of other pieces", Refused(file).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(8, 2, "found format version 2; expected version 1")]
    [InlineData(16, int.MaxValue, "sections that fill the file")]
    [InlineData(24, 1, "sections that fill the file")]
    [InlineData(32, 1, "sections that fill the file")]
    public void Load_OtherHeader_SaysSo(int at, int value, string message)
    {
        byte[] file = [.. s_file];
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(at), value);
        Assert.Contains(message, Refused(file).Message, StringComparison.Ordinal);
    }

    private static ModelFormatException Refused(byte[] file)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(file.Length - sizeof(uint)), Crc32C.Finish(Crc32C.Append(Crc32C.Initial, file.AsSpan(0, file.Length - sizeof(uint)))));
        return Assert.Throws<ModelFormatException>(() => Tokenizer.Load(new MemoryStream(file), "bad.bytemillc"));
    }

    private static byte[] Compile(Tokenizer tokenizer)
    {
        using var stream = new MemoryStream();
        tokenizer.WriteCompiled(stream);
        return stream.ToArray();
    }

    public enum Place
    {
        Base,
        Check,
        ChildCheck,
        RootCheck,
        Fail,
        Matches,
        Depth,
        MatchLength,
        MatchPiece,
        Score,
    }
}
