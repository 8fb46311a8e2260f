using System.Text;
using Bytemill.Corpus;
using CsCheck;
using static Bytemill.Tests.RawFiles;

namespace Bytemill.Tests;

/// <summary>What a group's own bytes say is to be left out of it.</summary>
public sealed class GroupCheckTests : IDisposable
{
    private static readonly byte[] s_invalid = [.. "ab"u8, 0xFF, .. "c"u8];

    private readonly TempFolder _folder = new();

    private static SourceOptions Skip => new() { TextColumn = "text", OnError = InputErrorHandling.Skip, InvalidUtf8 = InvalidUtf8Handling.SkipRow };

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Run_RowsThatAreNoUtf8_AreTold()
    {
        string path = Write(_folder.File("a.parquet"), [Rows(0, 9), [.. Rows(9, 40).Select((row, i) => i is 3 or 4 or 5 or 30 ? row with { Text = s_invalid } : row)]]);

        GroupReading first = Check(path, 0, Skip);
        Assert.False(first.Faults.IsAny);
        Assert.Equal((9, 9 * 6), (first.Rows, first.TextBytes));
        GroupReading second = Check(path, 1, Skip);
        RowFaults faults = Assert.Single(second.Faults.Rows);
        Assert.Equal((RowFaultKind.InvalidUtf8, "3-5,30", 16L), (faults.Kind, string.Join(',', faults.Rows), faults.Bytes));
        Assert.Equal("the text is no UTF-8 at byte 2 of 4 (0xff)", faults.First);
        Assert.Equal((36, 36 * 6), (second.Rows, second.TextBytes));

        // A limit ends what is reported, not what is read.
        GroupReading cut = Check(path, 1, Skip, take: 5);
        Assert.Equal("3-4", string.Join(',', Assert.Single(cut.Faults.Rows).Rows));
        Assert.Equal((3, 2), (cut.Rows, cut.Faults.LeftOutRows(new RowGroupInfo(40, 1) { Take = 5 })));
    }

    [Theory]
    [InlineData(2, null, true)]
    [InlineData(0, null, true)]
    [InlineData(0, "", false)]
    [InlineData(0, "lang", false)]
    [InlineData(1, "lang", true)]
    public void Run_DamagedPage_LeavesTheWholeGroupOut(int column, string? keep, bool isDamage)
    {
        string path = Write(_folder.File("a.parquet"), [Rows(0, 20), Rows(20, 20)]);
        DamagePage(path, 1, column);
        string[]? kept = keep?.Split(',', StringSplitOptions.RemoveEmptyEntries);

        Assert.False(Check(path, 0, Skip, keep: kept).Faults.IsAny);
        GroupFaults faults = Check(path, 1, Skip, keep: kept).Faults;
        Assert.Equal(isDamage, faults.Damage is not null);
        Assert.Equal(isDamage ? 20 : 0, faults.LeftOutRows(new RowGroupInfo(20, 1)));
        if (isDamage)
        {
            Assert.Contains("row group 1, column '", faults.Damage, StringComparison.Ordinal);
            CorpusException error = Assert.Throws<CorpusException>(() => Check(path, 1, Skip with { OnError = InputErrorHandling.Fail }, keep: kept));
            Assert.Equal(faults.Damage, error.Message);
        }
    }

    [Fact]
    public void Run_DamageBehindALimit_IsFoundToo()
    {
        string path = Write(_folder.File("a.parquet"), [Rows(0, 20)]);
        DamagePage(path, 0, 2);
        GroupFaults faults = Check(path, 0, Skip, take: 3).Faults;
        Assert.NotNull(faults.Damage);
        Assert.Equal(3, faults.LeftOutRows(new RowGroupInfo(20, 1) { Take = 3 }));
    }

    [Fact]
    public void Run_Lines_TellsBadOnesAndThoseThatAreNoUtf8()
    {
        byte[][] lines = [Rows(0, 1)[0].Line, [.. "{no json"u8], [.. """{"text":5}"""u8], new RawRow("x", null, s_invalid).Line, [], [.. """{"text":"ok"}"""u8]];
        string path = LineFiles.Write(_folder.File("a.jsonl"), [.. lines.SelectMany(line => (byte[])[.. line, (byte)'\n'])]);

        GroupReading reading = Check(path, 0, Skip);
        Assert.Equal([(RowFaultKind.InvalidUtf8, "3", 4L), (RowFaultKind.BadLine, "1-2", 18L)], reading.Faults.Rows.Select(rows => (rows.Kind, string.Join(',', rows.Rows), rows.Bytes)));
        Assert.StartsWith("no JSON at byte ", reading.Faults.Rows[1].First, StringComparison.Ordinal);
        Assert.Equal((2, 8, 5), (reading.Rows, reading.TextBytes, reading.Faults.GroupRows));

        CorpusException error = Assert.Throws<CorpusException>(() => Check(path, 0, Skip with { OnError = InputErrorHandling.Fail }));
        Assert.Contains("a.jsonl: line 2: no JSON", error.Message, StringComparison.Ordinal);
        error = Assert.Throws<CorpusException>(() => Check(path, 0, Skip with { InvalidUtf8 = InvalidUtf8Handling.Fail }));
        Assert.Equal(CorpusFault.InvalidUtf8, error.Fault);
        Assert.Contains("a.jsonl: line 4: the text is no UTF-8", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_LinesCutShort_LeavesTheWholeFileOut()
    {
        string path = LineFiles.Write(_folder.File("a.txt.zst"), [.. Enumerable.Range(0, 100_000).SelectMany(i => Encoding.UTF8.GetBytes($"{i * 7919 % 65_537:x}\n"))]);
        File.WriteAllBytes(path, File.ReadAllBytes(path)[..^1000]);
        GroupFaults faults = Check(path, 0, Skip).Faults;
        Assert.Contains("cannot be read or decompressed", faults.Damage, StringComparison.Ordinal);
        Assert.Equal(0, faults.LeftOutRows(new RowGroupInfo(RowGroupInfo.UnknownRows, 1)));
    }

    [Fact]
    public void Run_FileGone_IsNeverLeftOut()
    {
        string path = LineFiles.Write(_folder.File("a.txt"), "text\n");
        using ITextSource source = GroupCheck.Open(path, Skip);
        File.Delete(path);
        CorpusException error = Assert.Throws<CorpusException>(
            () => GroupCheck.Run(source, 0, new RowGroupInfo(RowGroupInfo.UnknownRows, 5), Skip, CopiedColumns.None, TestContext.Current.CancellationToken));
        Assert.Equal(CorpusFault.Access, error.Fault);
    }

    [Theory]
    [InlineData(InvalidUtf8Handling.Replace)]
    [InlineData(InvalidUtf8Handling.Keep)]
    public void ReadBatches_TextIsReplacedOrKept(InvalidUtf8Handling handling)
    {
        byte[]?[] texts = [[.. "plain"u8], s_invalid, null, [0xE4, 0xB8], []];
        RawRow[] rows = [.. texts.Select((text, i) => new RawRow($"{i}", null, text))];
        byte[]?[] expected = handling == InvalidUtf8Handling.Keep ? texts : [.. texts.Select(text => text is null ? null : Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(text)))];
        foreach (string path in (string[])[Write(_folder.File("a.parquet"), [rows]), WriteJson(_folder.File("a.jsonl"), rows)])
        {
            using ITextSource source = TextSources.Open(path, new SourceOptions { TextColumn = "text", InvalidUtf8 = handling });
            using TextBatch batch = Assert.Single(source.ReadBatches(0, 1 << 20, RowSelection.All, TestContext.Current.CancellationToken));
            Assert.Equal(expected, Enumerable.Range(0, batch.RowCount).Select(row => batch.IsNull(row) ? null : batch[row].ToArray()));
            Assert.Equal(2, batch.InvalidRows);
            Assert.Equal(expected.Sum(text => text?.Length ?? 0), batch.TotalBytes);
        }
    }

    [Fact]
    public void Except_AnyRows_TakesTheOthers() => Gen.Select(Gen.Bool.Array[0, 40], Gen.Int[0, 2].Array[0, 40], Gen.Bool).Sample((taken, faulty, isKnown) =>
    {
        int count = Math.Min(taken.Length, faulty.Length);
        var faults = RowFaults.Gather(Enumerable.Range(0, count).Where(row => faulty[row] > 0).Select(row => new RowFault(row, (RowFaultKind)faulty[row], 1, "")));
        RowSelection before = isKnown ? RowSelection.Of(new System.Collections.BitArray(taken[..count])) : RowSelection.First(count / 2);
        RowSelection after = before.Except(faults, isKnown ? count : RowGroupInfo.UnknownRows);
        return faults.Sum(rows => rows.Count) == faulty.Take(count).Count(kind => kind > 0)
            && Enumerable.Range(0, count).All(row => after.Takes(row) == (before.Takes(row) && faulty[row] == 0));
    });

    [Fact]
    public void Parse_WhatARangeSays_IsTheRange() => Gen.Select(Gen.Long[0, 1L << 60], Gen.Long[1, 1L << 60]).Sample((first, count) =>
        RowRange.Parse(new RowRange(first, count).ToString()) == new RowRange(first, count));

    private static RawRow[] Rows(int first, int count) =>
        [.. Enumerable.Range(first, count).Select(i => new RawRow($"id {i}", i % 3 == 0 ? null : "l", Encoding.UTF8.GetBytes($"row {i:D2}")))];

    private static GroupReading Check(string path, int group, SourceOptions options, long? take = null, IReadOnlyList<string>? keep = null)
    {
        using ITextSource source = GroupCheck.Open(path, options);
        RowGroupInfo info = TextSources.Inspect(path, options).RowGroups[group] with { Take = take };
        return GroupCheck.Run(source, group, info, options, new CopiedColumns(keep, AreDecoded: false), TestContext.Current.CancellationToken);
    }
}
