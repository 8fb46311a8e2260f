namespace Bytemill.Tokenization;

/// <summary>Finds out which format a file has, and reads and writes all of them.</summary>
public static class ModelFormats
{
    /// <summary>The format that a file's name suggests, or null.</summary>
    /// <remarks><c>tokenizer.json</c>, <c>*.bytemill</c>, <c>*.bytemillc</c> (compiled), <c>*.tsv</c>, <c>*.model</c> (SentencePiece), else <c>*.json</c> (bytepiece).</remarks>
    public static ModelFormat? FromFileName(string path)
    {
        string name = Path.GetFileName(path);
        return Path.GetExtension(name).ToUpperInvariant() switch
        {
            ".BYTEMILL" => ModelFormat.Bytemill,
            ".BYTEMILLC" => ModelFormat.Compiled,
            ".TSV" => ModelFormat.Tsv,
            ".MODEL" => ModelFormat.SentencePiece,
            ".JSON" => name.EndsWith("tokenizer.json", StringComparison.OrdinalIgnoreCase) ? ModelFormat.HuggingFace : ModelFormat.BytePiece,
            _ => null,
        };
    }

    /// <summary>The format of a file by its first bytes.</summary>
    /// <param name="head">The file's beginning, 4096 bytes or all of it.</param>
    /// <param name="name">What messages call the file.</param>
    /// <exception cref="ModelFormatException">It is none of them; the message says what it seems to be.</exception>
    public static ModelFormat Detect(ReadOnlySpan<byte> head, string name = "model")
    {
        if (head.StartsWith(ModelFile.Magic[..4]))
        {
            // What is wrong with the rest of the head, the reader says.
            return ModelFormat.Bytemill;
        }

        if (CompiledModelFile.LooksLikeThis(head))
        {
            return ModelFormat.Compiled;
        }

        if (BytePieceFormat.LooksLikeThis(head))
        {
            return HuggingFaceFormat.LooksLikeThis(head) ? ModelFormat.HuggingFace : ModelFormat.BytePiece;
        }

        if (TsvFormat.LooksLikeThis(head))
        {
            return ModelFormat.Tsv;
        }

        if (SentencePieceFormat.LooksLikeThis(head))
        {
            return ModelFormat.SentencePiece;
        }

        (string found, string remedy) = head switch
        {
            [] => ("an empty file", "Was the model written to the end?"),
            [0x1F, 0x8B, ..] => ("a gzip file", "Unpack it first: gunzip."),
            [(byte)'P', (byte)'K', 3, 4, ..] => ("a zip archive", "Unpack it first: unzip."),
            [0x28, 0xB5, 0x2F, 0xFD, ..] => ("a Zstandard file", "Unpack it first: zstd -d."),
            [0x89, (byte)'P', (byte)'N', (byte)'G', ..] => ("a picture (PNG)", "Name a model."),
            [(byte)'<', ..] => ("a page of the web", "Download the file itself, not the page that shows it."),
            _ when head.StartsWith("version https://git-lfs"u8) => ("a pointer of Git LFS", "Get the file that it stands for: git lfs pull."),
            [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..] => ("text in UTF-16", "Save it as UTF-8."),
            [0xEF, 0xBB, 0xBF, ..] => ("a byte order mark", "Remove the first three bytes: JSON has none."),
            _ => ("bytes " + Throw.Hex(head[..Math.Min(head.Length, 16)]), "Is this another kind of file?"),
        };
        Throw.Format(name, "byte 0", found, "a model of Bytemill, bytepiece (JSON), Hugging Face (tokenizer.json), SentencePiece or TSV", remedy);
        return default;
    }

    /// <summary>The format of a file by its first bytes; messages call it <paramref name="path"/>.</summary>
    /// <exception cref="ModelFormatException">As of <see cref="Detect"/>.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static ModelFormat DetectFile(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        using FileStream stream = File.OpenRead(path);
        byte[] head = new byte[ModelBytes.HeadLength];
        return Detect(head.AsSpan(0, stream.ReadAtLeast(head, head.Length, throwOnEndOfStream: false)), path);
    }

    /// <summary>Reads a model of any format; reads the stream to its end.</summary>
    /// <param name="stream">The model.</param>
    /// <param name="name">What messages call the stream.</param>
    /// <exception cref="ModelFormatException">It is in none of the formats, damaged, or made by another program and not to be had exactly.</exception>
    public static TokenizerModel Read(Stream stream, string name = "model") => Read(stream, name, out _);

    /// <summary>Reads a model of any format and says which; reads the stream to its end.</summary>
    /// <inheritdoc cref="Read(Stream, string)"/>
    public static TokenizerModel Read(Stream stream, string name, out ModelFormat format)
    {
        ArgumentNullException.ThrowIfNull(stream);
        byte[] file = ModelBytes.Read(stream, name, static (head, name) => Detect(head, name));
        format = Detect(file.AsSpan(0, Math.Min(file.Length, ModelBytes.HeadLength)), name);
        return format switch
        {
            ModelFormat.Compiled => Tokenizer.Load(new MemoryStream(file), name).Model,
            ModelFormat.BytePiece => BytePieceFormat.Parse(file, name),
            ModelFormat.HuggingFace => HuggingFaceFormat.Parse(file, name),
            ModelFormat.SentencePiece => SentencePieceFormat.Parse(file, name),
            ModelFormat.Tsv => TsvFormat.Parse(file, name),
            _ => ModelFile.Parse(file, name),
        };
    }

    /// <summary>Reads a model file of any format.</summary>
    /// <exception cref="ModelFormatException">As of <see cref="Read(Stream, string)"/>.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static TokenizerModel ReadFile(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        using FileStream stream = File.OpenRead(path);
        return Read(stream, Path.GetFileName(path));
    }

    /// <summary>Writes a model.</summary>
    /// <exception cref="ModelExportException">The format cannot hold the model.</exception>
    public static void Write(TokenizerModel model, ModelFormat format, Stream stream)
    {
        switch (format)
        {
            case ModelFormat.Bytemill:
                ModelFile.Write(model, stream);
                break;
            case ModelFormat.Compiled:
                new Tokenizer(model).WriteCompiled(stream);
                break;
            case ModelFormat.BytePiece:
                BytePieceFormat.Write(model, stream);
                break;
            case ModelFormat.HuggingFace:
                HuggingFaceFormat.Write(model, stream);
                break;
            case ModelFormat.SentencePiece:
                SentencePieceFormat.Write(model, stream);
                break;
            case ModelFormat.Tsv:
                TsvFormat.Write(model, stream);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(format), format, "There is no such format.");
        }
    }
}
