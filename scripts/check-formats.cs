// Loads a model's exports in the other implementations and counts where their ids differ from ours; see scripts/check-formats.sh.
//
//   dotnet run scripts/check-formats.cs -- MODEL CORPUS COLUMN FOLDER [MEGABYTES]
#:project ../src/Bytemill.Tokenization/Bytemill.Tokenization.csproj
#:project ../src/Bytemill.Corpus/Bytemill.Corpus.csproj
#:property PublishAot=false

using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Bytemill.Corpus;
using Bytemill.Tokenization;

if (args.Length is not (4 or 5))
{
    Console.Error.WriteLine("usage: dotnet run scripts/check-formats.cs -- MODEL CORPUS COLUMN FOLDER [MEGABYTES]");
    return 2;
}

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
string folder = args[3];
long left = args.Length == 5 ? long.Parse(args[4], CultureInfo.InvariantCulture) * 1_000_000 : long.MaxValue;
TokenizerModel model = ModelFormats.ReadFile(args[0]);
var tokenizer = new Tokenizer(model);
Directory.CreateDirectory(folder);
int leftOut;
using (FileStream file = File.Create(Path.Combine(folder, "spm.model")))
{
    leftOut = SentencePieceFormat.Write(model, file, leaveOutUnsupported: true);
}

using (FileStream file = File.Create(Path.Combine(folder, "tokenizer.json")))
{
    HuggingFaceFormat.Write(model, file);
}

using (FileStream file = File.Create(Path.Combine(folder, "tokenizer_config.json")))
{
    HuggingFaceFormat.WriteConfig(model, file);
}

// Each reads back as the same model.
foreach (ModelFormat format in (ReadOnlySpan<ModelFormat>)[ModelFormat.BytePiece, ModelFormat.HuggingFace, ModelFormat.SentencePiece, ModelFormat.Tsv])
{
    var written = new MemoryStream();
    if (format != ModelFormat.SentencePiece)
    {
        ModelFormats.Write(model, format, written);
    }
    else
    {
        SentencePieceFormat.Write(model, written, leaveOutUnsupported: true);
    }

    written.Position = 0;
    var watch = Stopwatch.StartNew();
    TokenizerModel read = ModelFormats.Read(written);
    Console.WriteLine($"{format}: {written.Length} bytes, read in {watch.ElapsedMilliseconds} ms, {(read.Hash == model.Hash ? "the same model" : "another model (options or special tokens)")}");
}

// Documents for JSON readers; lines in NFC for SentencePiece, whose command line knows no text of several lines.
long bytes = 0, documents = 0, lines = 0;
JsonWriterOptions raw = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
string linesPath = Path.Combine(folder, "lines.txt");
using (FileStream json = File.Create(Path.Combine(folder, "documents.jsonl")))
using (FileStream text = File.Create(linesPath))
{
    var scratch = new ArrayBufferWriter<byte>();
    foreach (string path in InputResolver.Resolve([args[1]]))
    {
        await using TextColumnReader reader = await TextColumnReader.OpenAsync(path, args[2]);
        for (int group = 0; group < reader.RowGroupCount && left > 0; group++)
        {
            using TextBatch batch = await reader.ReadRowGroupAsync(group);
            for (int row = 0; row < batch.RowCount && left > 0; row++)
            {
                ReadOnlySpan<byte> document = batch[row];
                left -= document.Length;
                bytes += document.Length;
                documents++;
                using (Utf8JsonWriter writer = new(json, raw))
                {
                    writer.WriteStartObject();
                    writer.WriteString("text", document);
                    writer.WriteStartArray("ids");
                    foreach (int id in tokenizer.Encode(document))
                    {
                        writer.WriteNumberValue(id);
                    }

                    writer.WriteEndArray();
                    writer.WriteEndObject();
                }

                json.Write("\n"u8);
                ReadOnlySpan<byte> normalized = model.Options.Normalization == TextNormalization.Nfc ? TextNormalizer.ToNfc(document, scratch) : document;
                foreach (Range line in normalized.Split((byte)'\n'))
                {
                    text.Write(normalized[line]);
                    text.Write("\n"u8);
                    lines++;
                }
            }
        }
    }
}

Console.WriteLine($"{documents} documents, {lines} lines, {bytes} bytes; {model.Vocabulary.Count} ids, {leftOut} left out of the SentencePiece model");
string idsPath = Path.Combine(folder, "spm-ids.txt");
using (var spm = Process.Start(new ProcessStartInfo("spm_encode", [$"--model={Path.Combine(folder, "spm.model")}", "--output_format=id", $"--input={linesPath}", $"--output={idsPath}"]))!)
{
    await spm.WaitForExitAsync();
    if (spm.ExitCode != 0)
    {
        Console.Error.WriteLine("spm_encode failed; is the package 'sentencepiece' installed?");
        return 1;
    }
}

var classes = new SortedDictionary<string, (long Lines, string Example)>(StringComparer.Ordinal);
long different = 0, tokens = 0, spmTokens = 0, edges = 0;
using (var text = new StreamReader(linesPath, new UTF8Encoding(false)))
using (var ids = new StreamReader(idsPath))
{
    byte[] nul = [0];
    while (text.ReadLine(nl: '\n') is { } line)
    {
        int[] theirs = [.. (ids.ReadLine() ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(int.Parse)];
        int[] ours = tokenizer.Encode(line);
        tokens += ours.Length;
        spmTokens += theirs.Length;
        if (ours.AsSpan().SequenceEqual(theirs))
        {
            continue;
        }

        different++;
        edges += Boundaries(ours, theirs);
        bool same = theirs.All(id => id < model.IdCount) && tokenizer.Decode(ours).AsSpan().SequenceEqual(tokenizer.Decode(theirs));
        double score = tokenizer.LogProbability(ours);
        double loss = same ? score - tokenizer.LogProbability(theirs) : double.NaN;
        string kind = line.Contains('\0', StringComparison.Ordinal) ? "a zero byte in the text"
            : !same ? "other bytes"
            : loss <= 2e-6 * Math.Max(1, -score) ? "32-bit scores: as good within rounding"
            : ours.Any(IsLeftOut) ? "pieces that were left out"
            : HasCutCharacterWithPiece(ours) ? "characters that have a piece, cut into bytes by us alone"
            : ours.Concat(theirs).Any(IsNonAsciiByte) ? "cost of characters without a piece"
            : "for no known reason";
        (long count, string example) = classes.GetValueOrDefault(kind);
        classes[kind] = (count + 1, example ?? $"{line.Length} chars, score {score}, worse by {loss:G4}: {line[..Math.Min(60, line.Length)]}");
    }
}

Console.WriteLine($"sentencepiece: {different} of {lines} lines differ; {tokens} tokens of ours, {spmTokens} of theirs, {edges} tokens of ours not in theirs");
foreach ((string kind, (long count, string example)) in classes)
{
    Console.WriteLine($"  {kind}: {count} lines, such as {example}");
}

return 0;

bool IsNonAsciiByte(int id) => id is >= Vocabulary.FirstPieceId + 0x80 and < Vocabulary.FirstPieceId + 256;

bool IsLeftOut(int id) => id >= Vocabulary.FirstPieceId + 256 && model.Vocabulary.GetPiece(id) is var piece && (piece.Contains((byte)0) || !System.Text.Unicode.Utf8.IsValid(piece));

bool HasCutCharacterWithPiece(int[] ids)
{
    for (int i = 0; i < ids.Length; i++)
    {
        int end = i;
        while (end < ids.Length && IsNonAsciiByte(ids[end]))
        {
            end++;
        }

        ReadOnlySpan<byte> bytes = tokenizer.Decode(ids.AsSpan(i..end));
        i = Math.Max(i, end - 1);
        while (!bytes.IsEmpty)
        {
            Rune.DecodeFromUtf8(bytes, out _, out int length);
            if (model.Vocabulary.TryGetId(bytes[..length], out int id) && length > 1)
            {
                return true;
            }

            bytes = bytes[length..];
        }
    }

    return false;
}

// Tokens of ours that do not stand at the same place in theirs.
long Boundaries(int[] ours, int[] theirs)
{
    HashSet<(int, int)> places = [];
    int at = 0;
    foreach (int id in theirs.Where(id => id < model.IdCount))
    {
        places.Add((at, id));
        at += model.Vocabulary.Count > id ? model.Vocabulary.GetPiece(id).Length : 0;
    }

    at = 0;
    long missing = 0;
    foreach (int id in ours)
    {
        missing += places.Contains((at, id)) ? 0 : 1;
        at += model.Vocabulary.GetPiece(id).Length;
    }

    return missing;
}

internal static class Lines
{
    // StreamReader.ReadLine also ends lines at carriage returns.
    public static string? ReadLine(this StreamReader reader, char nl)
    {
        var line = new StringBuilder();
        int next;
        while ((next = reader.Read()) >= 0 && next != nl)
        {
            line.Append((char)next);
        }

        return next < 0 && line.Length == 0 ? null : line.ToString();
    }
}
