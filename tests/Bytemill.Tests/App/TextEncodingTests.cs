using System.Globalization;
using System.Text;
using Bytemill.App;
using Bytemill.Pipeline;
using Bytemill.Tokenization;
using CsCheck;
using Spectre.Console;

namespace Bytemill.Tests;

/// <summary>What <c>encode</c> and <c>inspect</c> make of files and pipes.</summary>
public class TextEncodingTests
{
    private static readonly Tokenizer s_tokenizer = new(TestModels.Small(special: "<|end|>"));
    private static readonly EncodeOptions s_plain = new();

    [Fact]
    public void Run_LinesInPartsOfAnySize_OneLineOfIdsForEach() =>
        Gen.Select(TestTexts.Text, Gen.Int[1, 9], Gen.Bool).Sample((text, part, crlf) =>
        {
            string shown = crlf ? text.Replace("\n", "\r\n", StringComparison.Ordinal) : text;
            string[] lines = shown.Split('\n');
            IEnumerable<string> expected = lines[^1].Length == 0 ? lines[..^1] : lines;
            string[] ids = [.. expected.Index().Select(line => string.Join(' ', s_tokenizer.Encode(line.Item.EndsWith('\r') && line.Index < lines.Length - 1 ? line.Item[..^1] : line.Item)))];
            Assert.Equal(string.Concat(ids.Select(line => line + "\n")), Encode(Encoding.UTF8.GetBytes(shown), part, isWhole: false));
        }, iter: 500);

    [Fact]
    public void Run_Whole_IsOneText() =>
        Gen.Select(TestTexts.Bytes, Gen.Int[1, 9]).Sample((bytes, part) =>
            Assert.Equal(string.Join(' ', s_tokenizer.Encode(bytes)) + "\n", Encode(bytes, part, isWhole: true, anyBytes: true)), iter: 500);

    [Theory]
    [InlineData("6F6B0A62616420FF0A", "in.txt:2: byte 0xFF at byte 7 ")]
    [InlineData("6F6BE4B8", "in.txt:1: byte 0xE4 at byte 2 ")]
    [InlineData("0A0AC041", "in.txt:3: byte 0xC0 at byte 2 ")]
    public void Run_NotUtf8_NamesLineAndByte(string hex, string message)
    {
        byte[] bytes = Convert.FromHexString(hex);
        for (int part = 1; part <= bytes.Length; part++)
        {
            var error = Assert.Throws<JobInputException>(() => Encode(bytes, part, isWhole: false));
            Assert.StartsWith(message, error.Message, StringComparison.Ordinal);
            Assert.Contains("--bytes", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Run_EndlessLine_MemoryStaysBounded()
    {
        byte[] part = Encoding.UTF8.GetBytes("the thing in 中文 123 ");
        using var input = new PartStream(part, part.Length, repeat: 200_000);
        using var output = new CountingStream();
        var lines = new TextLines(input, "in.txt", isWhole: true, anyBytes: false);
        long before = GC.GetAllocatedBytesForCurrentThread();
        TextEncoding.Run(s_tokenizer, s_plain, lines, new IdWriter(output, IdFormat.UInt16, null), TestContext.Current.CancellationToken);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 2 << 20);
        Assert.True(output.Count > 2 * 200_000);
    }

    [Fact]
    public void Run_Pause_IdsThatAreCertainAreSeenAtOnce()
    {
        using var output = new MemoryStream();
        using var input = new PartStream("the thing\nthe "u8.ToArray(), 10, repeat: 1, atEnd: () =>
            Assert.StartsWith(string.Join(' ', s_tokenizer.Encode("the thing")) + "\n", Encoding.ASCII.GetString(output.ToArray()), StringComparison.Ordinal));
        TextEncoding.Run(s_tokenizer, s_plain, new TextLines(input, "in", isWhole: false, anyBytes: false), new IdWriter(output, IdFormat.Text, null), TestContext.Current.CancellationToken);
    }

    [Theory]
    [InlineData(false, "the│␣│th│ing│<|end|>│<0xE8>│<0xAA>│<0x9E>\n")]
    [InlineData(true, "\e[30;48;5;153mthe\e[0m\e[30;48;5;157m \e[0m\e[30;48;5;222mth\e[0m\e[30;48;5;183ming\e[0m\e[1;30;48;5;153m<|end|>\e[0m\e[30;48;5;157m<0xE8>\e[0m\e[30;48;5;222m<0xAA>\e[0m\e[30;48;5;183m<0x9E>\e[0m\n")]
    public void View_ATerminalOrNot_ShowsThePieces(bool colors, string expected)
    {
        using var output = new StringWriter(CultureInfo.InvariantCulture) { NewLine = "\n" };
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(output) });
        new SegmentationView(s_tokenizer, new EncodeOptions { AllowedSpecial = ["<|end|>"] }, console, colors).Write("the thing<|end|>語");
        string[] parts = output.ToString().Split('\n');
        Assert.Equal(expected, parts[0] + "\n");
        Assert.StartsWith("8 tokens, 19 bytes, 2.375 bytes per token, ln p -", parts[1], StringComparison.Ordinal);
    }

    [Fact]
    public void View_IdsScoresAndBest_AreThoseOfTheLibrary()
    {
        using var output = new StringWriter(CultureInfo.InvariantCulture) { NewLine = "\n" };
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(output) });
        console.Profile.Width = 120;
        new SegmentationView(s_tokenizer, s_plain, console, hasColors: false) { ShowIds = true, ShowScores = true }.Write("the中");
        new SegmentationView(s_tokenizer, s_plain, console, hasColors: false) { Top = 3 }.Write("aaa");
        string text = output.ToString();
        Assert.All(s_tokenizer.Encode("the中"), id => Assert.Contains(id.ToString(CultureInfo.InvariantCulture), text, StringComparison.Ordinal));
        Assert.Contains(s_tokenizer.Model.Vocabulary.GetScore(s_tokenizer.Encode("the")[0]).ToString("0.0000", CultureInfo.InvariantCulture), text, StringComparison.Ordinal);
        Assert.All(s_tokenizer.NBest("aaa", 3), best => Assert.Contains(best.LogProbability.ToString("0.000", CultureInfo.InvariantCulture), text, StringComparison.Ordinal));
        Assert.Contains("aa│a", text, StringComparison.Ordinal);
    }

    private static string Encode(byte[] bytes, int part, bool isWhole, bool anyBytes = false)
    {
        using var input = new PartStream(bytes, part, repeat: 1);
        using var output = new MemoryStream();
        TextEncoding.Run(s_tokenizer, s_plain, new TextLines(input, "in.txt", isWhole, anyBytes), new IdWriter(output, IdFormat.Text, null), CancellationToken.None);
        return Encoding.ASCII.GetString(output.ToArray());
    }

    /// <summary>Gives so many bytes at a time, as a pipe may.</summary>
    private sealed class PartStream(byte[] bytes, int part, int repeat, Action? atEnd = null) : MemoryStream(bytes)
    {
        private int _left = repeat;

        public override int Read(Span<byte> buffer)
        {
            int read = base.Read(buffer[..Math.Min(part, buffer.Length)]);
            if (read == 0 && --_left > 0)
            {
                Position = 0;
                return base.Read(buffer[..Math.Min(part, buffer.Length)]);
            }

            if (read == 0)
            {
                atEnd?.Invoke();
            }

            return read;
        }
    }

    private sealed class CountingStream : MemoryStream
    {
        public long Count { get; private set; }

        public override void Write(ReadOnlySpan<byte> buffer) => Count += buffer.Length;
    }
}
