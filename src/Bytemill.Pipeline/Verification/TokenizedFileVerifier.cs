using System.Buffers;
using Bytemill.Corpus;
using Bytemill.Tokenization;

namespace Bytemill.Pipeline;

/// <summary>Looks one tokenized file over: its checksum, its counts, and whether some of its rows say what the input says.</summary>
/// <param name="tokenizer">The model that it was made with; null for none at hand.</param>
/// <param name="isBest">Whether rows hold the best segmentation, which then must come out again.</param>
/// <param name="pack">Length of packed sequences; null for a row for each document.</param>
/// <param name="rowsPerFile">As <see cref="VerifyOptions.RowsPerFile"/>.</param>
internal sealed class TokenizedFileVerifier(Tokenizer? tokenizer, bool isBest, int? pack, long rowsPerFile)
{
    private const int MostFaults = 10;

    private readonly ArrayBufferWriter<byte> _normalized = new();

    /// <param name="path">The file.</param>
    /// <param name="expected">What the manifest says of it.</param>
    /// <param name="modelHash">Hash of the model that the job tokenized with; null where the manifest leaves it open.</param>
    /// <param name="input">The input, whose rows it holds in order; null for none to compare with.</param>
    /// <param name="cancellation">Cancels.</param>
    public FileFindings Verify(string path, ManifestOutput expected, string? modelHash, InputText? input, CancellationToken cancellation)
    {
        var findings = new FileFindings();
        if (!Stores.HasFile(path))
        {
            findings.Faults.Add($"{path}: the file is gone.");
            return findings;
        }

        using (Stream file = Stores.OpenRead(path))
        {
            findings.LengthBytes = file.Length;
            if (file.Length != expected.LengthBytes)
            {
                findings.Faults.Add($"{path}: the file has {file.Length} bytes, the manifest says {expected.LengthBytes}.");
                return findings;
            }

            string hash = FileHash.Of(file);
            if (hash != expected.Xxh3)
            {
                findings.Faults.Add($"{path}: the file is damaged: its XxHash3 is {hash}, the manifest says {expected.Xxh3}.");
                return findings;
            }
        }

        if (expected.Rows is not { } rows || expected.Tokens is not { } tokens)
        {
            // It accompanies another, and is read with it.
            return findings;
        }

        try
        {
            using ITokenReader reader = TokenReaders.Open(path);
            if (reader.Metadata.GetValueOrDefault(OutputMetadata.ModelHash) is var inFile && modelHash is not null && inFile != modelHash)
            {
                findings.Faults.Add($"{path}: made with model {inFile ?? "of unknown hash"}, the manifest says {modelHash}.");
            }

            ReadRows(path, reader, input, findings, cancellation);
            Compare(path, "rows", findings.Rows, rows, findings);
            Compare(path, "tokens", findings.Tokens, tokens, findings);
        }
        catch (Exception e) when (e is CorpusException or IOException)
        {
            findings.Faults.Add(e is CorpusException ? e.Message : $"{path}: {e.Message}");
        }

        return findings;
    }

    private static void Compare(string path, string what, long found, long expected, FileFindings findings)
    {
        if (found != expected)
        {
            findings.Faults.Add($"{path}: the file has {found} {what}, the manifest says {expected}.");
        }
    }

    private void ReadRows(string path, ITokenReader reader, InputText? input, FileFindings findings, CancellationToken cancellation)
    {
        var check = new RowsToCheck(reader.Rows, rowsPerFile);
        using IEnumerator<ReadOnlyMemory<byte>?>? texts = rowsPerFile == 0 ? null : input?.Read(cancellation).GetEnumerator();
        foreach (TokenizedRow row in reader.ReadRows(cancellation))
        {
            long index = findings.Rows++;
            findings.Tokens += row.TokenCount;
            bool hasText = texts?.MoveNext() == true;
            string? fault = texts is not null && !hasText ? "the input has no such row"
                : FindWrongLength(row) is { } wrong ? wrong
                : FindUnknownId(row.Ids);
            if (fault is null && tokenizer is not null)
            {
                findings.TextBytes += row.Ids is null ? 0 : tokenizer.CountBytes(row.Ids);
            }

            if (fault is null && check.Includes(index) && tokenizer is not null)
            {
                findings.DecodedRows++;
                findings.ComparedRows += hasText ? 1 : 0;
                byte[]? decoded = row.Ids is null ? null : tokenizer.Decode(row.Ids);
                fault = hasText ? Compare(row.Ids, decoded, texts!.Current) : null;
            }

            if (fault is not null)
            {
                findings.Faults.Add($"{path}: row {index}: {fault}.");
                if (findings.Faults.Count >= MostFaults)
                {
                    findings.Notes.Add($"{path}: not looked at beyond row {index}, with so many faults.");
                    return;
                }
            }
        }

        if (texts?.MoveNext() == true)
        {
            findings.Faults.Add($"{path}: the input has more rows than the {findings.Rows} of the file.");
        }
    }

    private string? FindWrongLength(TokenizedRow row)
    {
        int length = row.Ids?.Length ?? 0;
        return pack is { } packed && (length != packed || row.TokenCount < 1 || row.TokenCount > packed) ? $"it has {length} ids, {row.TokenCount} of them tokens, where sequences of {packed} were packed"
            : pack is null && length != row.TokenCount ? $"it has {length} ids, and n_tokens says {row.TokenCount}"
            : null;
    }

    private string? FindUnknownId(ReadOnlySpan<int> ids)
    {
        int most = tokenizer is null ? int.MaxValue : tokenizer.Model.Vocabulary.Count - 1;
        int at = ids.IndexOfAnyExceptInRange(0, most);
        return at < 0 ? null : $"id {ids[at]} at place {at} is not of the model's {most + 1L}";
    }

    private string? Compare(int[]? ids, byte[]? decoded, ReadOnlyMemory<byte>? text)
    {
        if (decoded is null || text is null)
        {
            return decoded is null == text is null ? null : text is null ? "it has ids where the input has a null text" : "it is null where the input has text";
        }

        ReadOnlySpan<byte> normalized = tokenizer!.Model.Options.Normalization == TextNormalization.Nfc
            ? TextNormalizer.ToNfc(text.Value.Span, _normalized)
            : text.Value.Span;
        int same = normalized.CommonPrefixLength(decoded);
        return same < normalized.Length || same < decoded.Length ? $"decoded, it differs from the text of the input from byte {same} on"
            : isBest && !tokenizer.Encode(text.Value.Span).AsSpan().SequenceEqual(ids) ? "the model encodes the text of the input to other ids"
            : null;
    }
}
