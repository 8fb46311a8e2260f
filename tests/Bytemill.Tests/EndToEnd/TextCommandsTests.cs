using System.Buffers.Binary;
using System.Diagnostics;
using System.Text;
using Bytemill.Tokenization;

namespace Bytemill.Tests;

/// <summary><c>encode</c>, <c>decode</c> and <c>inspect</c> in a process of their own, on files, pipes and a terminal.</summary>
[Collection(CommandTests.Name)]
public sealed class TextCommandsTests : IDisposable
{
    private const string Text = "the thing\r\n\nin 中文 <eos> 😀😀 aaaa\nno end";

    private static readonly Tokenizer s_tokenizer = new(TestModels.Small(special: "<|end|>"));

    private readonly TestDirectory _directory = new();
    private readonly string _model;

    public TextCommandsTests()
    {
        _model = _directory["small.bytemill"];
        using FileStream file = File.Create(_model);
        ModelFile.Write(s_tokenizer.Model, file);
    }

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData("text")]
    [InlineData("json")]
    [InlineData("uint16")]
    [InlineData("uint32")]
    public async Task EncodeThenDecode_Pipes_GiveTheBytesBack(string format)
    {
        // Bytes that are no UTF-8 too, and a character that is not whole at the end.
        byte[] text = [.. Encoding.UTF8.GetBytes(Text), 0xFF, 0, 0xE4, 0xB8];
        (int exitCode, byte[] ids, string errors) = await RunAsync(text, "encode", "--model", _model, "-", "--format", format, "--whole", "--bytes");
        Assert.True(exitCode == 0, errors);
        int[] expected = s_tokenizer.Encode(text);
        Assert.Equal(format switch
        {
            "text" => Encoding.ASCII.GetBytes(string.Join(' ', expected) + "\n"),
            "json" => Encoding.ASCII.GetBytes($"[{string.Join(',', expected)}]\n"),
            _ => Numbers(expected, format == "uint16" ? 2 : 4),
        }, ids);

        (exitCode, byte[] back, errors) = await RunAsync(ids, "decode", "--model", _model, "-", "--format", format, "--whole");
        Assert.True(exitCode == 0, errors);
        Assert.Equal(text, back);
    }

    [Fact]
    public async Task EncodeThenDecode_FilesLineByLine_OneLineForEach()
    {
        File.WriteAllText(_directory["in.txt"], Text);
        (int exitCode, byte[] output, string errors) = await RunAsync([], "encode", "--model", _model, _directory["in.txt"], "--output", _directory["ids.txt"], "--bos");
        Assert.True(exitCode == 0, errors);
        Assert.Empty(output);
        string[] lines = Text.Split('\n');
        IEnumerable<string> ids = lines.Select(line => string.Join(' ', s_tokenizer.Encode(line.TrimEnd('\r'), new EncodeOptions { AddBos = true })));
        Assert.Equal(ids, File.ReadAllLines(_directory["ids.txt"]));

        (exitCode, output, errors) = await RunAsync([], "decode", "--model", _model, _directory["ids.txt"]);
        Assert.True(exitCode == 0, errors);
        Assert.Equal(Text.Replace("\r", "", StringComparison.Ordinal) + "\n", Encoding.UTF8.GetString(output));
        (_, output, _) = await RunAsync([], "decode", "--model", _model, _directory["ids.txt"], "--show-special");
        Assert.StartsWith("<bos>the thing\n<bos>\n", Encoding.UTF8.GetString(output), StringComparison.Ordinal);

        // What is there already is not written over.
        byte[] before = File.ReadAllBytes(_directory["ids.txt"]);
        (exitCode, _, errors) = await RunAsync([], "encode", "--model", _model, _directory["in.txt"], "--output", _directory["ids.txt"]);
        Assert.Equal(2, exitCode);
        Assert.Contains("ids.txt' exists", errors, StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllBytes(_directory["ids.txt"]));
    }

    [Theory]
    [InlineData("exact", SamplingMethod.Exact)]
    [InlineData("viterbi", SamplingMethod.Viterbi)]
    public async Task Encode_Sampling_EachLineIsDrawnWithASeedOfItsOwn(string name, SamplingMethod method)
    {
        string[] lines = ["the thing", "", "in 中文 in the thing", "the thing"];
        (int exitCode, byte[] output, string errors) = await RunAsync(
            Encoding.UTF8.GetBytes(string.Join('\n', lines)), "encode", "--model", _model, "-", "--sampling", name, "--alpha", "0.25", "--seed", "9", "--eos");
        Assert.True(exitCode == 0, errors);
        TokenSampler sampler = s_tokenizer.CreateSampler(new SamplingOptions { Method = method, Alpha = 0.25 });
        Assert.Equal(
            lines.Select((line, number) => string.Join(' ', sampler.Sample(line, DocumentSeed.Of(9, 0, 0, number), new EncodeOptions { AddEos = true }))),
            Encoding.ASCII.GetString(output).TrimEnd('\n').Split('\n'));
    }

    [Fact]
    public async Task Continue_Pipe_AnObjectForEachLine()
    {
        (int exitCode, byte[] output, string errors) = await RunAsync("q\nin the th"u8.ToArray(), "continue", "--model", _model, "-", "--json");
        Assert.True(exitCode == 0, errors);
        string[] objects = Encoding.UTF8.GetString(output).TrimEnd('\n').Split('\n');
        Assert.Equal(2, objects.Length);
        Assert.StartsWith("""{"kept":[116],"held_back":"","held_back_hex":"","any_next":true,""", objects[0], StringComparison.Ordinal);
        Assert.Contains("\"held_back\":\" th\"", objects[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_FaultyInput_LeavesNoFileButAPipeHasWhatCameBefore()
    {
        byte[] text = [.. "the thing\n"u8, 0xFF];
        (int exitCode, _, string errors) = await RunAsync(text, "encode", "--model", _model, "--output", _directory["ids"]);
        Assert.Equal(2, exitCode);
        Assert.Contains("standard input:2: byte 0xFF", errors, StringComparison.Ordinal);
        Assert.False(File.Exists(_directory["ids"]));
        (exitCode, _, errors) = await RunAsync("35 36\n99999\n"u8.ToArray(), "decode", "--model", _model, "--output", _directory["text"]);
        Assert.Equal(2, exitCode);
        Assert.Contains("standard input:2: 99999 is not an id", errors, StringComparison.Ordinal);
        Assert.False(File.Exists(_directory["text"]));
        (exitCode, byte[] output, _) = await RunAsync("35 36\n99999\n"u8.ToArray(), "decode", "--model", _model);
        Assert.Equal(2, exitCode);
        Assert.Equal(" !\n"u8.ToArray(), output);
    }

    [Fact]
    public async Task Encode_TextThatSpellsSpecialTokens_StaysTextUntilAllowedByName()
    {
        const string Hostile = "<bos><eos><|end|><pad>";
        (_, byte[] output, _) = await RunAsync([], "encode", "--model", _model, "--text", Hostile);
        int[] ids = Ids(output);
        Assert.Equal(s_tokenizer.Encode(Hostile), ids);
        Assert.DoesNotContain(ids, s_tokenizer.IsSpecial);

        (_, output, _) = await RunAsync([], "encode", "--model", _model, "--text", Hostile, "--special", "<|end|>");
        Assert.Single(Ids(output), s_tokenizer.IsSpecial);
        (int exitCode, _, string errors) = await RunAsync([], "encode", "--model", _model, "--text", Hostile, "--special", "<mask>");
        Assert.Equal(2, exitCode);
        Assert.Contains("'<mask>': the model has no such special token; it has '<pad>', '<bos>', '<eos>', '<|end|>'", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Encode_NobodyReadsAnyMore_EndsQuietly()
    {
        using Process process = Start("encode", "--model", _model, "-");
        byte[] line = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("the thing\n", 1000)));
        await process.StandardInput.BaseStream.WriteAsync(line, TestContext.Current.CancellationToken);
        await process.StandardInput.BaseStream.FlushAsync(TestContext.Current.CancellationToken);
        await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken);
        process.StandardOutput.Close();
        // Endless input: it ends only because the program does.
        await Assert.ThrowsAsync<IOException>(async () =>
        {
            while (true)
            {
                await process.StandardInput.BaseStream.WriteAsync(line, TestContext.Current.CancellationToken);
            }
        });
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal("", await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken));
        Assert.Equal(0, process.ExitCode);
    }

    [Fact]
    public async Task Inspect_Piped_IsPlainText()
    {
        (int exitCode, byte[] output, string errors) = await RunAsync("the thing\n語\n"u8.ToArray(), "inspect", "--model", _model, "-");
        Assert.True(exitCode == 0, errors);
        string[] lines = Encoding.UTF8.GetString(output).Split('\n');
        Assert.Equal(["the│␣│th│ing", "<0xE8>│<0xAA>│<0x9E>"], [lines[0], lines[2]]);
        Assert.StartsWith("4 tokens, 9 bytes, 2.250 bytes per token", lines[1], StringComparison.Ordinal);

        (exitCode, output, errors) = await RunAsync([], "inspect", "--model", _model, "--text", "the <|end|>", "--special", "<|end|>", "--ids", "--scores");
        Assert.True(exitCode == 0, errors);
        string[] rows = Encoding.UTF8.GetString(output).Split('\n');
        Assert.Contains(rows, row => row.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries) is ["the", _, "0", "3", "3", _, "30"]);
        Assert.Contains(rows, row => row.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries) is ["<|end|>", _, "4", "11", "0"]);

        (exitCode, output, errors) = await RunAsync([], "inspect", "--model", _model);
        Assert.True(exitCode == 0, errors);
        Assert.Contains(s_tokenizer.Model.Hash, Encoding.UTF8.GetString(output), StringComparison.Ordinal);
        Assert.DoesNotContain((byte)0x1B, output);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Inspect_OnATerminal_HasColoursUnlessNoColor(bool hasColors)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && File.Exists("/usr/bin/script"), "Needs 'script' of util-linux, which makes a terminal.");
        var start = new ProcessStartInfo("/usr/bin/script") { RedirectStandardInput = true, RedirectStandardOutput = true };
        foreach (string argument in (string[])["-qec", $"dotnet '{Program}' inspect --model '{_model}' --text 'the thing'", "/dev/null"])
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment["TERM"] = "xterm-256color";
        start.Environment.Remove("NO_COLOR");
        if (!hasColors)
        {
            start.Environment["NO_COLOR"] = "1";
        }

        using Process process = Process.Start(start)!;
        string output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, process.ExitCode);
        Assert.Contains(hasColors ? "\e[30;48;5;153mthe\e[0m\e[30;48;5;157m \e[0m" : "the│␣│th│ing", output, StringComparison.Ordinal);
        Assert.Equal(hasColors, output.Contains("48;5;", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("encode --model {model} --text a -", "Both --text and the input 'standard input'")]
    [InlineData("encode --model {model} --text a --format csv", "text, json, uint16 or uint32; found 'csv'")]
    [InlineData("encode --model {model} --text a --format json --pieces", "--pieces shows text")]
    [InlineData("encode --model {dir}/none --text a", "none")]
    [InlineData("encode --text a", "--model")]
    [InlineData("encode --model {model} --text a --seed 4", "--seed is about random segmentations")]
    [InlineData("encode --model {model} --text a --sampling exact --alpha 2000", "[0..1000]; found 2000")]
    [InlineData("encode --model {model} {dir}/none.txt", "none.txt")]
    [InlineData("encode --model {model} --text a --output {dir}/none/ids", "none/ids")]
    [InlineData("decode --model {model} --ids 9999", "9999 is not an id of this model")]
    [InlineData("decode --model {model} --ids 5 -", "Both --ids and the input")]
    [InlineData("decode --model {model} {model} --format uint32", "small.bytemill: byte 0:")]
    [InlineData("inspect --model {model} --text a --top 0", "--top must be 1 or more")]
    [InlineData("inspect --model {model} --text a -", "Both --text and the input")]
    public async Task Run_WrongUse_OneLineThatSaysWhat(string arguments, string message)
    {
        string[] filled =
        [
            .. arguments.Split(' ').Select(argument => argument.Replace("{model}", _model, StringComparison.Ordinal).Replace("{dir}", _directory.Path, StringComparison.Ordinal)),
        ];
        (int exitCode, _, string errors) = await RunAsync([], filled);
        Assert.Equal(2, exitCode);
        Assert.Contains(message, Assert.Single(errors.Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
    }

    private static string Program => Path.Combine(AppContext.BaseDirectory, "bytemill.dll");

    private static int[] Ids(byte[] line) => [.. Encoding.ASCII.GetString(line).Split(' ').Select(id => int.Parse(id, System.Globalization.CultureInfo.InvariantCulture))];

    private static byte[] Numbers(int[] ids, int width)
    {
        byte[] bytes = new byte[4 * ids.Length];
        for (int i = 0; i < ids.Length; i++)
        {
            BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(width * i), ids[i]);
        }

        return bytes[..(width * ids.Length)];
    }

    private static Process Start(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(Program);
        foreach (string argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        return Process.Start(start)!;
    }

    private static async Task<(int ExitCode, byte[] Output, string Errors)> RunAsync(byte[] input, params string[] arguments)
    {
        using Process process = Start(arguments);
        var output = new MemoryStream();
        Task reading = process.StandardOutput.BaseStream.CopyToAsync(output, TestContext.Current.CancellationToken);
        Task<string> errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.StandardInput.BaseStream.WriteAsync(input, TestContext.Current.CancellationToken);
        process.StandardInput.Close();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        await reading;
        return (process.ExitCode, output.ToArray(), await errors);
    }
}
