using System.Buffers;
using Bytemill.Corpus;
using Bytemill.Pipeline;
using CsCheck;

namespace Bytemill.Tests;

public class ShuffleRecordTests
{
    [Fact]
    public void Read_WhatWasWritten_IsTheSameRow() =>
        Gen.Select(Gen.Int.Array[0, 20], Gen.Int.Array[0, 5], Gen.Byte.Array[0, 30], Gen.Int[0, 15], Gen.Bool).Sample((ids, starts, kept, part, isNull) =>
        {
            ArrayBufferWriter<byte> record = new();
            ShuffleRecord.Write(new OutputRow { Ids = ids, DocumentStarts = starts, Kept = kept, TokenCount = ids.Length + 1, IsNull = isNull }, part, record);
            int[] numbers = [];
            OutputRow row = ShuffleRecord.Read(record.WrittenSpan, ref numbers, out int readPart);
            return readPart == part && row.IsNull == isNull && row.TokenCount == ids.Length + 1
                && row.Ids.SequenceEqual(ids) && row.DocumentStarts.SequenceEqual(starts) && row.Kept.SequenceEqual(kept);
        });

    [Fact]
    public void SliceOf_AnyHash_IsInRangeAndKeepsTheOrder() =>
        Gen.Select(Gen.ULong, Gen.ULong, Gen.Int[1, 4096]).Sample((left, right, slices) =>
        {
            int first = new ShuffleKey(Math.Min(left, right), 0, 0).SliceOf(slices);
            int second = new ShuffleKey(Math.Max(left, right), 0, 0).SliceOf(slices);
            return first >= 0 && first <= second && second < slices;
        });
}
