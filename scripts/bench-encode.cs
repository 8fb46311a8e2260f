// Behind scripts/bench-encode.sh: encoding, decoding, hostile text and loading, beside other tokenizers in the same run. Each figure is
// the median of several runs that take turns, of one thread; ratios mean more than megabytes a second, which belong to the machine.
#:project ../src/Bytemill.Corpus/Bytemill.Corpus.csproj
#:project ../src/Bytemill.Tokenization/Bytemill.Tokenization.csproj
#:package Microsoft.ML.Tokenizers
#:package Microsoft.ML.Tokenizers.Data.Cl100kBase
#:package Microsoft.ML.Tokenizers.Data.O200kBase
#:package SharpToken
#:property PublishAot=false
#:property AllowUnsafeBlocks=true
#:property TieredPGO=false

using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using Bytemill.Corpus;
using Bytemill.Tokenization;
using Microsoft.ML.Tokenizers;
using SharpToken;
using MLTokenizer = Microsoft.ML.Tokenizers.Tokenizer;
using Tokenizer = Bytemill.Tokenization.Tokenizer;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
if (args[0] == "load")
{
    // A process of its own: nothing is compiled or cached by an earlier load.
    long begin = Stopwatch.GetTimestamp();
    Tokenizer loaded = Tokenizer.Load(args[1]);
    loaded.CountTokens("a"u8);
    Console.WriteLine(Stopwatch.GetElapsedTime(begin).TotalMilliseconds);
    return 0;
}

string root = args[0];
List<string> rest = [.. args[1..]];
string corpus = rest.Count > 0 && !rest[0].StartsWith('-') ? Take(rest, 0) : Path.Combine(root, "samples", "corpus");
string column = Option("--column") ?? "text";
int megabytes = int.Parse(Option("--megabytes") ?? "20", CultureInfo.InvariantCulture);
int runs = int.Parse(Option("--runs") ?? "5", CultureInfo.InvariantCulture);
List<string> models = [];
while (Option("--model") is string path)
{
    models.Add(path);
}

if (rest.Count > 0)
{
    Console.Error.WriteLine($"bench-encode: what is '{rest[0]}'? See the head of scripts/bench-encode.sh.");
    return 2;
}

string work = Directory.CreateTempSubdirectory("bytemill-bench-encode-").FullName;
try
{
    if (models.Count == 0)
    {
        Run("bash", Path.Combine(root, "scripts", "bytemill.sh"), "train", "--input", corpus, "--text-column", column,
            "--vocab-size", "32000", "--min-count", "8", "--output", Path.Combine(work, "trained"));
        models.Add(Path.Combine(work, "trained", "model.bytemill"));
    }

    byte[] text = await ReadTextAsync();
    string textFile = Path.Combine(work, "text.txt");
    File.WriteAllBytes(textFile, text);
    List<Contestant> contestants = [];
    foreach (string model in models)
    {
        Tokenizer tokenizer = Tokenizer.Load(model);
        string name = $"{Path.GetFileName(model)}";
        contestants.Add(new Contestant("**Bytemill**", name, tokenizer.Model.IdCount, new OwnEncoding(tokenizer, text).Encode));
        AddSentencePiece(model, name, tokenizer.Model.IdCount);
    }

    AddTiktoken("cl100k_base");
    AddTiktoken("o200k_base");
    var sharp = new SharpEncoding(GptEncoding.GetEncoding("cl100k_base"), text);
    contestants.Add(new Contestant("SharpToken", "cl100k_base", 100_277, sharp.Encode));

    Console.WriteLine($"{text.Length / 1e6:0.0} MB of text from {Path.GetFileName(Path.TrimEndingDirectorySeparator(corpus))}, one thread, median of {runs} runs in turn:");
    Console.WriteLine();
    Console.WriteLine("| encoder | model | ids | bytes/token | MB/s | Bytemill is … times as fast |");
    Console.WriteLine("|---|---|---:|---:|---:|---:|");
    foreach (Contestant contestant in contestants)
    {
        contestant.Tokens = contestant.Encode();
    }

    for (int run = 0; run < runs; run++)
    {
        foreach (Contestant contestant in contestants)
        {
            contestant.Seconds.Add(contestant.OwnClock?.Invoke() ?? Time(() => contestant.Encode()));
        }
    }

    double own = Median(contestants[0].Seconds);
    foreach (Contestant contestant in contestants)
    {
        double seconds = Median(contestant.Seconds);
        string tokens = contestant.Tokens > 0 ? (text.Length / (double)contestant.Tokens).ToString("0.000", CultureInfo.InvariantCulture) : "";
        Console.WriteLine($"| {contestant.Name} | {contestant.Model} | {contestant.Ids} | {tokens} | {text.Length / 1e6 / seconds:0.0} | {seconds / own:0.0} |");
    }

    foreach (string model in models)
    {
        Tokenizer tokenizer = Tokenizer.Load(model);
        Details(tokenizer, Path.GetFileName(model), text);
        Loads(model, tokenizer);
    }

    void AddSentencePiece(string model, string name, int ids)
    {
        string spm = Path.Combine(work, name + ".spm");
        if (!TryRun(out string words, "bash", Path.Combine(root, "scripts", "bytemill.sh"), "convert", model, spm, "--to", "sentencepiece"))
        {
            Console.Error.WriteLine($"{name} takes no part as SentencePiece model: {words.Trim()}");
            return;
        }

        using (FileStream file = File.OpenRead(spm))
        {
            SentencePieceTokenizer peer = SentencePieceTokenizer.Create(file, addBeginningOfSentence: false, addEndOfSentence: false);
            contestants.Add(new Contestant("Microsoft.ML.Tokenizers, SentencePiece", name, ids, new PeerEncoding(peer, text).Encode));
        }

        if (TryRun(out _, "spm_encode", "--help"))
        {
            // Its own start and the loading of the model do not count: twice the text less once.
            string twice = Path.Combine(work, "twice.txt");
            File.WriteAllBytes(twice, [.. text, .. text]);
            double Clock() => Spm(twice) - Spm(textFile);
            double Spm(string input) => Time(() => Run("spm_encode", "--model=" + spm, "--output_format=id", "--input=" + input, "--output=/dev/null"));
            contestants.Add(new Contestant("SentencePiece, `spm_encode`", name, ids, () => 0) { OwnClock = Clock });
        }
    }

    void AddTiktoken(string encoding)
    {
        TiktokenTokenizer peer = TiktokenTokenizer.CreateForEncoding(encoding);
        contestants.Add(new Contestant("Microsoft.ML.Tokenizers, Tiktoken", encoding, encoding == "cl100k_base" ? 100_277 : 200_019, new PeerEncoding(peer, text).Encode));
    }
}
finally
{
    Directory.Delete(work, recursive: true);
}

return 0;

// Decoding, normalising, allocation and hostile text, for one model.
void Details(Tokenizer tokenizer, string name, byte[] text)
{
    int[] ids = tokenizer.Encode(text);
    var bytes = new ArrayBufferWriter<byte>(text.Length * 2);
    var encoding = new OwnEncoding(tokenizer, text);
    double usual = Median(Times(() => encoding.Encode()));
    double decode = Median(Times(() =>
    {
        bytes.ResetWrittenCount();
        tokenizer.Decode(ids, bytes);
    }));
    Tokenizer Same(TextNormalization normalization) =>
        new(new TokenizerModel(tokenizer.Model.Vocabulary, tokenizer.Model.Options with { Normalization = normalization }));
    var nfc = new OwnEncoding(Same(TextNormalization.Nfc), text);
    var none = new OwnEncoding(Same(TextNormalization.None), text);
    List<double> nfcTimes = [];
    List<double> noneTimes = [];
    for (int run = 0; run <= runs; run++)
    {
        nfcTimes.Add(Time(() => nfc.Encode()));
        noneTimes.Add(Time(() => none.Encode()));
    }

    long before = GC.GetAllocatedBytesForCurrentThread();
    encoding.Encode();
    long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
    Console.WriteLine();
    Console.WriteLine($"**{name}**: decoding {text.Length / 1e6 / decode:0} MB/s, {usual / decode:0} times as fast as encoding. Encoding with NFC, of text that is in NFC, "
        + $"takes {Median(nfcTimes) / Median(noneTimes):0.00} times as long as without. A second call allocates {allocated} bytes.");
    Console.WriteLine();
    Console.WriteLine("| 64 MB of hostile text | MB/s | of that of the text above | allocated, bytes |");
    Console.WriteLine("|---|---:|---:|---:|");
    const int Size = 64_000_000;
    byte[] hostile = new byte[Size];
    for (int at = 0; at < Size; at += text.Length)
    {
        text.AsSpan(0, Math.Min(text.Length, Size - at)).CopyTo(hostile.AsSpan(at));
    }

    hostile.AsSpan().Replace((byte)'\n', (byte)' ');
    Hostile("the text above without a newline", tokenizer);
    Array.Fill(hostile, (byte)'a');
    Hostile("one byte, `a`", tokenizer);
    Hostile("one byte, vocabulary a, aa, aaa … of 36", Ladder(36));
    Hostile("one byte, vocabulary a, aa, aaa … of 255", Ladder(255));
    new Random(1).NextBytes(hostile);
    Hostile("random bytes", tokenizer);

    void Hostile(string what, Tokenizer with)
    {
        var discarded = new Discarding();
        with.Encode(hostile.AsSpan(0, 1 << 20), discarded);
        long start = GC.GetAllocatedBytesForCurrentThread();
        double seconds = Time(() => with.Encode(hostile, discarded));
        long more = GC.GetAllocatedBytesForCurrentThread() - start;
        Console.WriteLine($"| {what} | {Size / 1e6 / seconds:0.0} | {Size / 1e6 / seconds / (text.Length / 1e6 / usual):0.00} | {more} |");
    }
}

void Loads(string model, Tokenizer tokenizer)
{
    string own = Path.Combine(work, "load.bytemill");
    string compiled = Path.Combine(work, "load.bytemillc");
    using (FileStream file = File.Create(own))
    {
        ModelFile.Write(tokenizer.Model, file);
    }

    using (FileStream file = File.Create(compiled))
    {
        tokenizer.WriteCompiled(file);
    }

    Console.WriteLine();
    Console.WriteLine("| loading in a fresh process | bytes | ms |");
    Console.WriteLine("|---|---:|---:|");
    (string Name, string Path)[] files = [("compiled model", compiled), ("model.bytemill", own), (Path.GetFileName(model), model)];
    foreach ((string name, string path) in files)
    {
        List<double> times = [.. Enumerable.Range(0, runs).Select(_ => double.Parse(Output(Environment.ProcessPath!, [.. ChildArguments(), "load", path]), CultureInfo.InvariantCulture))];
        Console.WriteLine($"| {name} | {new FileInfo(path).Length} | {Median(times):0} |");
    }
}

// Under the dotnet host the program itself is the first argument.
static string[] ChildArguments() =>
    Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? [typeof(Contestant).Assembly.Location] : [];

static Tokenizer Ladder(int longest) => new(new TokenizerModel(
    Vocabulary.Create(Enumerable.Range(0, 256).Select(b => KeyValuePair.Create(new[] { (byte)b }, 10L))
        .Concat(Enumerable.Range(2, longest - 1).Select(length => KeyValuePair.Create(Enumerable.Repeat((byte)'a', length).ToArray(), 10L)))),
    new ModelOptions()));

async Task<byte[]> ReadTextAsync()
{
    var text = new MemoryStream();
    foreach (string path in InputResolver.Resolve([corpus]))
    {
        await using TextColumnReader reader = await TextColumnReader.OpenAsync(path, column);
        for (int group = 0; group < reader.RowGroupCount && text.Length < megabytes * 1_000_000L; group++)
        {
            using TextBatch batch = await reader.ReadRowGroupAsync(group);
            for (int row = 0; row < batch.RowCount; row++)
            {
                text.Write(batch[row]);
                text.WriteByte((byte)'\n');
            }
        }
    }

    byte[] bytes = text.ToArray();
    if (bytes.Length <= megabytes * 1_000_000)
    {
        return bytes;
    }

    int end = bytes.AsSpan(0, megabytes * 1_000_000).LastIndexOf((byte)'\n') + 1;
    return bytes[..(end == 0 ? megabytes * 1_000_000 : end)];
}

List<double> Times(Action action) => [.. Enumerable.Range(0, runs + 1).Select(_ => Time(action))];

static double Time(Action action)
{
    long begin = Stopwatch.GetTimestamp();
    action();
    return Stopwatch.GetElapsedTime(begin).TotalSeconds;
}

static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

static void Run(string program, params string[] arguments)
{
    if (!TryRun(out string words, program, arguments))
    {
        throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} failed: {words}");
    }
}

static string Output(string program, params string[] arguments) =>
    TryRun(out string words, program, arguments) ? words : throw new InvalidOperationException(words);

static bool TryRun(out string words, string program, params string[] arguments)
{
    var start = new ProcessStartInfo(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true };
    try
    {
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        words = process.StandardOutput.ReadToEnd() + errors.Result;
        process.WaitForExit();
        return process.ExitCode == 0;
    }
    catch (System.ComponentModel.Win32Exception missing)
    {
        words = missing.Message;
        return false;
    }
}

static string Take(List<string> list, int index)
{
    string value = list[index];
    list.RemoveAt(index);
    return value;
}

string? Option(string name)
{
    int at = rest.IndexOf(name);
    if (at < 0)
    {
        return null;
    }

    if (at + 1 == rest.Count)
    {
        throw new InvalidOperationException($"{name} needs a value.");
    }

    rest.RemoveAt(at);
    return Take(rest, at);
}

internal sealed class Contestant(string name, string model, int ids, Func<long> encode)
{
    public string Name => name;

    public string Model => model;

    public int Ids => ids;

    public Func<long> Encode => encode;

    // For those that run in a process of their own.
    public Func<double>? OwnClock { get; init; }

    public long Tokens { get; set; }

    public List<double> Seconds { get; } = [];
}

/// <summary>The whole text in one call: UTF-8 in, ids out.</summary>
internal sealed class OwnEncoding(Tokenizer tokenizer, byte[] text)
{
    private readonly ArrayBufferWriter<int> _ids = new(text.Length);

    public long Encode()
    {
        _ids.ResetWrittenCount();
        tokenizer.Encode(text, _ids);
        return _ids.WrittenCount;
    }
}

/// <summary>A line a call, as they do on the command line; the strings are made beforehand.</summary>
internal sealed class PeerEncoding(MLTokenizer tokenizer, byte[] text)
{
    private readonly string[] _lines = Encoding.UTF8.GetString(text).Split('\n');

    public long Encode()
    {
        long tokens = 0;
        foreach (string line in _lines)
        {
            tokens += tokenizer.EncodeToIds(line, considerPreTokenization: true, considerNormalization: false).Count;
        }

        return tokens;
    }
}

internal sealed class SharpEncoding(GptEncoding encoding, byte[] text)
{
    private readonly string[] _lines = Encoding.UTF8.GetString(text).Split('\n');

    public long Encode()
    {
        long tokens = 0;
        foreach (string line in _lines)
        {
            tokens += encoding.Encode(line).Count;
        }

        return tokens;
    }
}

/// <summary>Takes ids and keeps none.</summary>
internal sealed class Discarding : IBufferWriter<int>
{
    private int[] _buffer = new int[1 << 16];

    public void Advance(int count)
    {
    }

    public Memory<int> GetMemory(int sizeHint = 0) => Room(sizeHint);

    public Span<int> GetSpan(int sizeHint = 0) => Room(sizeHint);

    private int[] Room(int sizeHint)
    {
        if (_buffer.Length < sizeHint)
        {
            _buffer = new int[sizeHint];
        }

        return _buffer;
    }
}
