using System.Text;
using Bytemill.Corpus;
using Bytemill.Pipeline;
using static Bytemill.Tests.RawFiles;

namespace Bytemill.Tests;

/// <summary>Jobs of the real program that leave broken input out: killed and gone on with, on a cluster, and with input that changes.</summary>
[Collection(EndToEndTests.Name)]
public sealed class BrokenInputProcessTests : IDisposable
{
    private const int MostBeginnings = 5;

    private readonly TestDirectory _directory = new();

    public BrokenInputProcessTests()
    {
        string line = string.Join(' ', Enumerable.Range(0, 800).Select(i => $"word{i * 7919 % 2_003}"));
        RawRow[] rows = [.. Enumerable.Range(0, 400).Select(i => new RawRow($"{i}", null, [.. Encoding.UTF8.GetBytes($"{i} {line} {i * 31}"), .. i % 19 == 3 ? (byte[])[0xFF] : []]))];
        for (int file = 0; file < 5; file++)
        {
            RawFiles.Write(_directory[$"in/{file}.parquet"], rows[(file * 80)..((file + 1) * 80)].Chunk(8));
        }

        DamagePage(_directory["in/1.parquet"], rowGroup: 4, column: 2);
        DamagePage(_directory["in/2.parquet"], rowGroup: 9, column: 0);
        File.WriteAllText(_directory["in/5.parquet"], "no Parquet");
    }

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData("Planned job")]
    [InlineData("Finished CheckInput")]
    [InlineData("Finished SegmentPieces")]
    public async Task Run_Killed_ResumesToTheSameResultsAndList(string point)
    {
        (int done, string[] output, string[] errors) = await BytemillProcess.RunAsync(Command("expected"));
        Assert.True(done == 0, string.Join('\n', errors));
        Assert.Contains(output, text => text.StartsWith("left out", StringComparison.Ordinal) && text.Contains("1 files, 2 row groups, 20 single rows", StringComparison.Ordinal));

        await AtAsync(point, run => run.Kill(), expectedExit: null);
        (int refused, _, errors) = await BytemillProcess.RunAsync([.. Command("out")[..^4], "--on-error", "skip", "--invalid-utf8", "keep", "--resume"]);
        Assert.Equal(2, refused);
        Assert.Contains("--invalid-utf8 skip-row (now keep)", Assert.Single(errors, error => error.Length > 0), StringComparison.Ordinal);

        (done, _, errors) = await BytemillProcess.RunAsync([.. Command("out"), "--resume", "--workers", "1"]);
        Assert.True(done == 0, string.Join('\n', errors));
        AssertSame("expected", "out");
    }

    [Fact]
    public async Task Run_OnACluster_LeavesOutTheSame()
    {
        (int done, _, string[] errors) = await BytemillProcess.RunAsync(Command("expected"));
        Assert.True(done == 0, string.Join('\n', errors));
        await using BytemillProcess first = BytemillProcess.Start("node", "--port", "0", "--workers", "1");
        string seed = NodeProcess.AddressIn(await first.FirstLineAsync());
        await using BytemillProcess second = BytemillProcess.Start("node", "--port", "0", "--workers", "1", "--seed", seed);
        await second.FirstLineAsync();
        (done, _, errors) = await BytemillProcess.RunAsync([.. Command("out"), "--cluster", seed]);
        Assert.True(done == 0, string.Join('\n', errors));
        AssertSame("expected", "out");
    }

    // What changes after it was checked can neither be used nor be left out.
    [Theory]
    [InlineData("Finished CheckInput", "skip")]
    [InlineData("Finished CountNGrams", "skip")]
    [InlineData("Finished CountNGrams", "fail")]
    public async Task Run_InputChangesMeanwhile_Fails(string point, string onError)
    {
        if (onError == "fail")
        {
            RemoveBroken();
        }

        string[] files = Directory.GetFiles(_directory["in"]);
        byte[] other = File.ReadAllBytes(_directory["in/0.parquet"]);
        byte[][] before = [.. files.Select(File.ReadAllBytes)];
        BytemillProcess ended = await AtAsync(
            point,
            run =>
            {
                run.Freeze();
                Array.ForEach(files, file => File.WriteAllBytes(file, [.. other[..4], .. other]));
                run.Thaw();
            },
            expectedExit: 2,
            again: () =>
            {
                for (int i = 0; i < files.Length; i++)
                {
                    File.WriteAllBytes(files[i], before[i]);
                }
            },
            "--on-error", onError);
        Assert.Contains(ended.Errors, error => error.Contains("changed", StringComparison.Ordinal) && error.StartsWith("error: ", StringComparison.Ordinal));
        Assert.False(File.Exists(_directory["out/manifest.json"]));
    }

    // Copying and backing up change times.
    [Theory]
    [InlineData("Planned job")]
    [InlineData("Finished CountNGrams")]
    public async Task Run_InputIsTouched_GoesOn(string point)
    {
        RemoveBroken();
        (int done, _, string[] errors) = await BytemillProcess.RunAsync(Command("expected"));
        Assert.True(done == 0, string.Join('\n', errors));
        await using BytemillProcess run = BytemillProcess.Start([.. Command("out"), "--verbose"]);
        await run.ErrorLineAsync(point, () =>
        {
            run.Freeze();
            Array.ForEach(Directory.GetFiles(_directory["in"]), file => File.SetLastWriteTimeUtc(file, File.GetLastWriteTimeUtc(file).AddHours(1)));
            run.Thaw();
        });
        Assert.True(await run.ExitCodeAsync() == 0, string.Join('\n', run.Errors));
        AssertSame("expected", "out");
    }

    // Neither length nor footer tell, and no page has a checksum.
    [Fact]
    public async Task Run_TextIsReplacedByAsMuch_FailsByItsHash()
    {
        Directory.Delete(_directory["in"], recursive: true);
        Directory.CreateDirectory(_directory["in"]);
        byte[]?[] texts = [.. Enumerable.Range(0, 80).Select(i => Encoding.UTF8.GetBytes(string.Join(' ', Enumerable.Range(i * 900, 900)) + " needle"))];
        for (int i = 0; i < 4; i++)
        {
            SampleFiles.WriteText(_directory[$"in/{i}.parquet"], [texts], new SampleOptions { Compression = ParquetSharp.Compression.Uncompressed });
        }

        string changed = _directory["in/3.parquet"];
        byte[] before = File.ReadAllBytes(changed);
        int at = before.AsSpan().IndexOf("needle"u8);
        byte[] after = [.. before[..at], .. "noodle"u8, .. before[(at + 6)..]];
        Assert.Equal(TextSources.Inspect(changed, "text").Fingerprint, Inspected(after));
        File.WriteAllBytes(changed, before);
        BytemillProcess ended = await AtAsync(
            "Finished CountNGrams",
            run =>
            {
                run.Freeze();
                File.WriteAllBytes(changed, after);
                run.Thaw();
            },
            expectedExit: 1,
            again: () => File.WriteAllBytes(changed, before),
            "--on-error", "fail");
        Assert.Contains(ended.Errors, error => error.StartsWith("error: ", StringComparison.Ordinal) && error.Contains("The text is not the text that was read before", StringComparison.Ordinal));

        string Inspected(byte[] content)
        {
            File.WriteAllBytes(changed, content);
            return TextSources.Inspect(changed, "text").Fingerprint;
        }
    }

    private void RemoveBroken()
    {
        foreach (string name in (string[])["1", "2", "5"])
        {
            File.Delete(_directory[$"in/{name}.parquet"]);
        }

        foreach (string path in Directory.GetFiles(_directory["in"]))
        {
            RawFiles.Write(path, [[.. Enumerable.Range(0, 80).Select(i => new RawRow($"{i}", null, Encoding.UTF8.GetBytes(string.Join(' ', Enumerable.Range(i, 900)))))]]);
        }
    }

    private string[] Command(string output) =>
    [
        "run", "--input", _directory["in"], "--output", _directory[output], "--vocab-size", "600", "--partition-size", "1", "--shards", "4", "--workers", "2",
        "--on-error", "skip", "--invalid-utf8", "skip-row",
    ];

    // Does something to a running job at a point; late in so small a job it may be done before, and is begun once more.
    private async Task<BytemillProcess> AtAsync(string point, Action<BytemillProcess> act, int? expectedExit, Action? again = null, params string[] options)
    {
        for (int i = 0; i < MostBeginnings; i++)
        {
            await using BytemillProcess run = BytemillProcess.Start([.. options.Length == 0 ? Command("out") : [.. Command("out")[..^4], .. options], "--verbose"]);
            await run.ErrorLineAsync(point, () => act(run));
            int exit = await run.ExitCodeAsync();
            if (exit != 0)
            {
                Assert.True(expectedExit is null || exit == expectedExit, $"{exit}: {string.Join('\n', run.Errors)}");
                return run;
            }

            again?.Invoke();
            Directory.Delete(_directory["out"], recursive: true);
        }

        throw new InvalidOperationException($"The job was done before, {MostBeginnings} times.");
    }

    private void AssertSame(string expected, string found)
    {
        ResultManifest[] manifests = [ResultManifest.Read(_directory[expected]), ResultManifest.Read(_directory[found])];
        Assert.Equal(manifests[0].LeftOut!.Value.AsEnumerable(), manifests[1].LeftOut!.Value);
        Assert.Equal(manifests[0].Outputs.AsEnumerable(), manifests[1].Outputs);
        Assert.Equal(manifests[0].Models.AsEnumerable(), manifests[1].Models);
        Assert.Equal(manifests[0].Statistics, manifests[1].Statistics);
    }
}
