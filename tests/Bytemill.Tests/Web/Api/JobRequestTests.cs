using System.Text;
using Bytemill.Corpus;
using Bytemill.Pipeline;
using Bytemill.Tokenization;
using Bytemill.Web.Api;

namespace Bytemill.Tests;

public sealed class JobRequestTests
{
    public static TheoryData<string> Requests => new(
        """{"inputs":["/a"],"output":"/o"}""",
        """{"mode":"train","inputs":["/a@3","@/list"],"output":"/o","vocab_size":[9000,700],"order":3,"min_count":9,"max_piece_length":5,"isolate_digits":true,"ensure_unicode":false,"normalization":"none","shards":3,"partition_bytes":77,"extend":"/e","keep_counts":true}""",
        """{"mode":"tokenize","model":"/m","inputs":["/a"],"output":"/o","keep":["id","lang"],"output_format":"npy","id_type":"auto","pack":7,"pack_last":"drop","add_special":"bos,eos","split":"a=0.5,b=0.5","split_seed":3,"shuffle":18446744073709551615,"sampling":"viterbi","alpha":0.5,"epochs":2,"seed":4,"file_bytes":5,"update":true,"drop_missing":true}""",
        """{"inputs":["/a"],"output":"/o","text_column":"t","where":"a = 1","sample":0.25,"limit":3,"on_error":"skip","overwrite":true,"spill_dir":"/s","disk_check":false,"zstd_level":9,"row_group_rows":4,"row_group_bytes":5,"tokenize_with":32000,"keep":[],"hf_split":"en/train","dataset_card":true}""");

    [Theory]
    [MemberData(nameof(Requests))]
    public async Task FromSpec_OfToSpec_AsksForTheSame(string json)
    {
        JobSpec spec = JobRequests.ToSpec(await ReadAsync(json), directory: null);
        JobRequest again = JobRequests.FromSpec(spec, "x", 7);
        Assert.Equal(("x", 7), (again.Id, again.Priority));
        Assert.Empty(JobSpecDifference.Find(spec, JobRequests.ToSpec(again, directory: null)));
        Assert.Equal(spec.Overwrite, JobRequests.ToSpec(again, directory: null).Overwrite);
        Assert.Equal(spec.SkipDiskCheck, JobRequests.ToSpec(again, directory: null).SkipDiskCheck);
    }

    [Fact]
    public async Task ToSpec_EveryFieldOfARun_IsTakenOver()
    {
        JobSpec spec = JobRequests.ToSpec(
            await ReadAsync("""{"inputs":["a@2"],"output":"o","vocab_size":500,"normalization":"none","on_error":"skip","output_format":"megatron","id_type":"uint16","sampling":"exact","epochs":3}"""), "/base");
        Assert.Equal(["/base/a@2"], spec.Inputs);
        Assert.Equal("/base/o", spec.OutputDirectory);
        Assert.Equal([500], spec.Training.MaxVocabSizes);
        Assert.Equal(TextNormalization.None, spec.Training.Normalization);
        Assert.Equal((InputErrorHandling.Skip, InvalidUtf8Handling.SkipRow), (spec.OnError, spec.InvalidUtf8));
        Assert.Equal((OutputFormat.Megatron, IdType.UInt16), (spec.Layout.Format, spec.Layout.IdType));
        Assert.Equal(new JobSampling { Epochs = 3 }, spec.Sampling);
    }

    [Theory]
    [InlineData("""{"output":"/o"}""", "#/inputs")]
    [InlineData("""{"inputs":[],"output":"/o"}""", "#/inputs")]
    [InlineData("""{"inputs":["/a"]}""", "#/output")]
    [InlineData("""{"inputs":["/a","b"],"output":"/o"}""", "#/inputs/1")]
    [InlineData("""{"inputs":["/a@0"],"output":"/o"}""", "#/inputs/0")]
    [InlineData("""{"inputs":["/a"],"output":"o"}""", "#/output")]
    [InlineData("""{"inputs":["/a"],"output":"/o","mode":"walk"}""", "#/mode")]
    [InlineData("""{"inputs":["/a"],"output":"/o","mode":"tokenize"}""", "#/model")]
    [InlineData("""{"inputs":["/a"],"output":"/o","order":9}""", "#/order")]
    [InlineData("""{"inputs":["/a"],"output":"/o","zstd_level":0}""", "#/zstd_level")]
    [InlineData("""{"inputs":["/a"],"output":"/o","alpha":0.1}""", "#/alpha")]
    [InlineData("""{"inputs":["/a"],"output":"/o","split_seed":1}""", "#/split_seed")]
    [InlineData("""{"inputs":["/a"],"output":"/o","id":"../x"}""", "#/id")]
    [InlineData("""{"inputs":["/a"],"output":"/o","ordre":6}""", "#/ordre")]
    [InlineData("""{"inputs":["/a"],"output":"/o","order":"six"}""", "#/order")]
    [InlineData("""{"inputs":["/a"],"output":"/o","vocab_size":["x"]}""", "#/vocab_size")]
    [InlineData("""{"inputs":["/a",5],"output":"/o"}""", "#/inputs/1")]
    [InlineData("""{"inputs":["/a"],"output":"/o","order":6,"order":7}""", "#/order")]
    [InlineData("""{"inputs":["/a"],"output":"/o"}}""", "#")]
    [InlineData("""null""", "#")]
    public async Task ToSpec_WrongField_IsPointedAt(string json, string place)
    {
        RequestFaultException e = await Assert.ThrowsAsync<RequestFaultException>(async () => JobRequests.ToSpec(await ReadAsync(json), directory: null));
        RequestFault fault = Assert.Single(e.Faults);
        Assert.True(place == fault.Place, e.ToString());
        Assert.DoesNotContain("System.", fault.Detail, StringComparison.Ordinal);
        Assert.DoesNotContain("JobRequest", fault.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ToSpec_SeveralWrongFields_AreAllNamed()
    {
        RequestFaultException e = await Assert.ThrowsAsync<RequestFaultException>(
            async () => JobRequests.ToSpec(await ReadAsync("""{"order":0,"min_count":0,"shards":5000}"""), directory: null));
        Assert.Equal(["#/inputs", "#/min_count", "#/order", "#/output", "#/shards"], e.Faults.Select(fault => fault.Place).Order(StringComparer.Ordinal));
    }

    // What the checks of a job say in terms of the command line is told by the field.
    [Theory]
    [InlineData("""{"inputs":["IN"],"output":"OUT","vocab_size":258}""", "#/vocab_size")]
    [InlineData("""{"inputs":["IN"],"output":"OUT","vocab_size":[600],"tokenize_with":700}""", "#/vocab_size")]
    [InlineData("""{"inputs":["IN"],"output":"OUT","sample":2}""", "#/sample")]
    [InlineData("""{"inputs":["IN"],"output":"OUT","pack":64,"keep":["id"]}""", "#/pack")]
    [InlineData("""{"inputs":["IN"],"output":"OUT","split":"a=2"}""", "#/split")]
    [InlineData("""{"inputs":["IN"],"output":"OUT","output_format":"npy","row_group_rows":5}""", "#/row_group_rows")]
    [InlineData("""{"inputs":["/not/there"],"output":"OUT"}""", "#/inputs")]
    [InlineData("""{"inputs":["IN"],"output":"OUT","text_column":"nowhere"}""", "#/inputs")]
    [InlineData("""{"inputs":["IN"],"output":"OUT","mode":"tokenize","model":"/not/there"}""", "#/model")]
    [InlineData("""{"inputs":["IN"],"output":"IN"}""", "#/output")]
    public async Task Check_FaultOfTheJob_IsPointedAt(string json, string place)
    {
        using var directory = new TestDirectory();
        TestCorpus.Write(directory["in"], ["some text", "and more"], files: 1, rowsPerGroup: 10);
        JobSpec spec = JobRequests.ToSpec(
            await ReadAsync(json.Replace("IN", directory["in"], StringComparison.Ordinal).Replace("OUT", directory["out"], StringComparison.Ordinal)), directory: null);
        RequestFaultException e = Assert.Throws<RequestFaultException>(() => JobRequests.Check(spec, null, [], TestContext.Current.CancellationToken));
        Assert.True(place == Assert.Single(e.Faults).Place, e.ToString());
    }

    [Theory]
    [InlineData("""{"inputs":["IN"],"output":"ELSE/out"}""", "#/output")]
    [InlineData("""{"inputs":["IN","ELSE/x.txt"],"output":"IN/out"}""", "#/inputs/1")]
    [InlineData("""{"inputs":["IN"],"output":"IN/../../else/out"}""", "#/output")]
    [InlineData("""{"inputs":["IN"],"output":"IN/out","spill_dir":"ELSE"}""", "#/spill_dir")]
    [InlineData("""{"inputs":["@IN/list"],"output":"IN/out"}""", "#/inputs")]
    [InlineData("""{"inputs":["IN/link/*.txt"],"output":"IN/out"}""", "#/inputs/0")]
    public async Task Check_PathOutsideOfTheRoots_IsPointedAt(string json, string place)
    {
        using var directory = new TestDirectory();
        TestCorpus.Write(directory["root/in"], ["some text", "and more"], files: 1, rowsPerGroup: 10);
        Directory.CreateDirectory(directory["else"]);
        await File.WriteAllTextAsync(directory["else/x.txt"], "text\n", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(directory["root/in/list"], directory["else/x.txt"] + "\n", TestContext.Current.CancellationToken);
        Directory.CreateSymbolicLink(directory["root/in/link"], directory["else"]);
        JobSpec spec = JobRequests.ToSpec(
            await ReadAsync(json.Replace("IN", directory["root/in"], StringComparison.Ordinal).Replace("ELSE", directory["else"], StringComparison.Ordinal)), directory: null);
        RequestFaultException e = Assert.Throws<RequestFaultException>(() => JobRequests.Check(spec, null, [directory["root"]], TestContext.Current.CancellationToken));
        Assert.True(place == Assert.Single(e.Faults).Place, e.ToString());
        Assert.Contains("data-roots", e.Message, StringComparison.Ordinal);
    }

    private static async Task<JobRequest> ReadAsync(string json)
    {
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(json));
        return await RequestBody.ReadAsync(stream, BytemillJson.Default.JobRequest, TestContext.Current.CancellationToken);
    }
}
