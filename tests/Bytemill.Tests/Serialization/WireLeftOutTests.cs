using Bytemill.Corpus;
using Bytemill.Pipeline;
using Bytemill.Training;

namespace Bytemill.Tests;

public sealed class WireLeftOutTests : IDisposable
{
    private readonly TestDirectory _directory = new();

    public static TheoryData<GroupFaults> Faults =>
    [
        new GroupFaults("damaged", [], RowGroupInfo.UnknownRows),
        new GroupFaults(null, [], 7),
        new GroupFaults(
            null,
            [new RowFaults(RowFaultKind.InvalidUtf8, [new RowRange(0, 1), new RowRange(1L << 40, 3)], 5, "one"), new RowFaults(RowFaultKind.BadLine, [new RowRange(2, 2)], 1L << 50, "two")],
            1L << 41),
    ];

    public void Dispose() => _directory.Dispose();

    [Theory]
    [MemberData(nameof(Faults))]
    public void Group_ThroughItsWireForm_IsTheSame(GroupFaults faults)
    {
        Pipeline.Wire.LeftOutGroup wire = WireLeftOut.ToWire(3, 4, faults);
        Assert.Equal((3, 4), (wire.File, wire.Group));
        Assert.Equivalent(faults, WireLeftOut.FromWire(Pipeline.Wire.LeftOutGroup.Parser.ParseFrom(Google.Protobuf.MessageExtensions.ToByteArray(wire))), strict: true);
    }

    [Fact]
    public void Plan_WithAModelOrWithout_IsReadAsWritten()
    {
        var spec = new JobSpec { Mode = JobMode.Tokenize, Inputs = ["in"], OutputDirectory = "out", ModelPath = "model" };
        var plan = new JobPlan(spec, [], [], [], KeyRanges.Whole, KeyRanges.Whole) { Model = new PlannedModel("0a1b", 400, 398) };
        byte[] bytes = Google.Protobuf.MessageExtensions.ToByteArray(WireJobs.ToWire(plan));
        Assert.EndsWith("5a0c0a0430613162109003188e03", Convert.ToHexStringLower(bytes), StringComparison.Ordinal);
        Assert.Equal(plan.Model, WireJobs.FromWire(Pipeline.Wire.JobPlan.Parser.ParseFrom(bytes)).Model);

        // As an older version wrote it: without the field.
        byte[] before = Google.Protobuf.MessageExtensions.ToByteArray(WireJobs.ToWire(plan with { Model = null }));
        Assert.Equal(bytes[..^14], before);
        Assert.Null(WireJobs.FromWire(Pipeline.Wire.JobPlan.Parser.ParseFrom(before)).Model);
    }

    [Fact]
    public void Plan_WithFilesLeftOut_IsReadAsWritten()
    {
        var work = WorkDirectory.At(_directory.Path);
        work.Create();
        var spec = new JobSpec { Inputs = ["in"], OutputDirectory = "out", OnError = InputErrorHandling.Skip, InvalidUtf8 = InvalidUtf8Handling.SkipRow };
        work.WritePlan(new JobPlan(spec, [], [], [], KeyRanges.Whole, KeyRanges.Whole) { LeftOutFiles = [new LeftOutFile("/in/a", 5, "why"), new LeftOutFile("/in/b", 1L << 40, "")] });
        JobPlan plan = work.ReadPlan();
        Assert.Equal([new LeftOutFile("/in/a", 5, "why"), new LeftOutFile("/in/b", 1L << 40, "")], plan.LeftOutFiles);
        Assert.Equal((InputErrorHandling.Skip, InvalidUtf8Handling.SkipRow), (plan.Spec.OnError, plan.Spec.InvalidUtf8));
    }
}
