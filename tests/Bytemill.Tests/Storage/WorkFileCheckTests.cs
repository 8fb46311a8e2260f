using System.IO.Hashing;
using Bytemill.Pipeline;
using Bytemill.Tokenization;
using Bytemill.Training;
using CsCheck;

namespace Bytemill.Tests;

/// <summary>Every kind of work file, whole and with a byte changed or the end cut off.</summary>
public sealed class WorkFileCheckTests : IDisposable
{
    private readonly TestDirectory _directory = new();

    public static TheoryData<string> Kinds =>
    [
        WorkFileNames.Run, WorkFileNames.Slice, WorkFileNames.Kept, WorkFileNames.NGramModel, WorkFileNames.Vocabulary, WorkFileNames.Cut,
        WorkFileNames.Tokenized, WorkFileNames.LeftOut, LaidOut, WorkFileNames.ShuffleRows, WorkFileNames.ShuffleIndex,
    ];

    private const string LaidOut = WorkFileNames.OutputPrefix + "000003";

    public void Dispose() => _directory.Dispose();

    [Theory]
    [MemberData(nameof(Kinds))]
    public void IsWhole_AnyByteChanged_IsFalse(string name)
    {
        byte[] whole = Write(name);
        Assert.True(WorkFileCheck.IsWhole(_directory.Path, StageKind.CountNGrams));
        Gen.Select(Gen.Int[0, whole.Length - 1], Gen.Int[0, 7]).Sample(
            (position, bit) =>
            {
                byte[] changed = [.. whole];
                changed[position] ^= (byte)(1 << bit);
                File.WriteAllBytes(_directory[name], changed);
                return !WorkFileCheck.IsWhole(_directory.Path, StageKind.CountNGrams);
            },
            iter: 100,
            threads: 1);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void IsWhole_CutShort_IsFalse(string name)
    {
        byte[] whole = Write(name);
        foreach (int length in (int[])[0, 1, whole.Length / 2, whole.Length - 1])
        {
            File.WriteAllBytes(_directory[name], whole[..length]);
            Assert.False(WorkFileCheck.IsWhole(_directory.Path, StageKind.CountNGrams), $"{length} of {whole.Length} bytes");
        }
    }

    [Fact]
    public void IsWhole_NoDirectory_IsFalse() => Assert.False(WorkFileCheck.IsWhole(_directory["none"], StageKind.CountNGrams));

    private byte[] Write(string name)
    {
        if (name is WorkFileNames.ShuffleRows or WorkFileNames.ShuffleIndex)
        {
            WriteShuffle();
            return File.ReadAllBytes(_directory[name]);
        }

        using (FileStream file = File.Create(_directory[name]))
        {
            Write(name, file);
        }

        byte[] written = File.ReadAllBytes(_directory[name]);
        if (name == LaidOut)
        {
            using FileStream info = File.Create(_directory[WorkFileNames.TokenizedInfo]);
            CheckedMessage.Write(info, new Bytemill.Pipeline.Wire.TokenizedFileInfo
            {
                Files = { new Bytemill.Pipeline.Wire.OutputFile { Name = "a.npy", WorkName = LaidOut, Xxh3 = Convert.ToHexStringLower(XxHash3.Hash(written)) } },
            });
        }
        else if (name == WorkFileNames.Tokenized)
        {
            using FileStream info = File.Create(_directory[WorkFileNames.TokenizedInfo]);
            CheckedMessage.Write(info, new Bytemill.Pipeline.Wire.TokenizedFileInfo { Rows = 1, Xxh3 = Convert.ToHexStringLower(XxHash3.Hash(written)) });
        }

        return written;
    }

    private void WriteShuffle()
    {
        var work = WorkDirectory.At(_directory["work"]);
        work.Create();
        AttemptDirectory attempt = work.BeginAttempt(new TaskIdentity(new JobReference("job", 1, work.Root), 1, 0, 1));
        using var rows = new RecordSorter(1 << 20, new MemoryScratchSpace());
        for (int row = 0; row < 20; row++)
        {
            rows.Add(ShuffleKey.Of(1, 0, 0, row), [1, 2, (byte)row]);
        }

        ShuffleFile.Write(attempt, rows, slices: 3, keptSchema: [4, 5], CancellationToken.None);
        attempt.Commit(TestContext.Current.CancellationToken);
        foreach (string path in Directory.EnumerateFiles(work.Resolve(attempt.Committed)))
        {
            File.Move(path, _directory[Path.GetFileName(path)]);
        }
    }

    private static void Write(string name, FileStream file)
    {
        switch (name)
        {
            case WorkFileNames.Run:
                using (var counter = new NGramCounter(3, KeyRanges.Whole, 1 << 16, new MemoryScratchSpace()))
                {
                    counter.Add("some text, and more text"u8);
                    counter.WriteTo(file);
                }

                break;
            case WorkFileNames.Slice:
                var one = new NGramSteps { Order = 3 };
                file.Write(RunFiles.Bytes(one.Merge(one.Count(["some text, and more text"u8.ToArray()]))[0]));
                break;
            case WorkFileNames.Kept:
                file.Write(RunFiles.Bytes(PieceSteps.Slice([new("ab", 3), new("abc", 1L << 40)])));
                break;
            case WorkFileNames.NGramModel:
                var steps = new NGramSteps { Order = 3 };
                file.Write(steps.Build(steps.Merge(steps.Count(["some text, and more text"u8.ToArray()]))).File);
                break;
            case WorkFileNames.Vocabulary:
                ModelFile.Write(TestModels.Small(), file);
                break;
            case WorkFileNames.Cut:
                RankCutFile.Write(file, new RankCut([1, 2, 3], 77));
                break;
            case WorkFileNames.LeftOut:
                CheckedMessage.Write(file, new Bytemill.Pipeline.Wire.LeftOut { Groups = { new Bytemill.Pipeline.Wire.LeftOutGroup { File = 1, Damage = "damaged" } } });
                break;
            case WorkFileNames.Tokenized or LaidOut:
                file.Write("as good as any"u8);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(name), name, "No such work file.");
        }
    }
}
