using System.Buffers.Binary;
using System.Text.Json;

namespace Bytemill.Corpus;

/// <summary>Opens outputs of every format.</summary>
public static class TokenReaders
{
    /// <summary>Opens an output by the name of its main file.</summary>
    /// <param name="path">A <c>.parquet</c>, <c>.bin</c> or <c>.npy</c> file; its companions are beside it.</param>
    /// <exception cref="CorpusException">A file is missing, damaged, or not of its format.</exception>
    public static ITokenReader Open(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        try
        {
            return Path.GetExtension(path) switch
            {
                ".bin" => new MegatronReader(path),
                ".npy" => new NpyReader(path),
                _ => TokenizedFileReader.Open(path),
            };
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or JsonException)
        {
            throw Damaged(path, error.Message);
        }
    }

    internal static CorpusException Damaged(string path, string what) => new($"{path}: the output is damaged: {what}.");

    /// <summary>What stands in the file of metadata beside an output.</summary>
    internal static Dictionary<string, string> ReadMetadata(string path)
    {
        using Stream file = Stores.OpenRead(Path.ChangeExtension(path, ".json"));
        return JsonSerializer.Deserialize<Dictionary<string, string>>(file) ?? [];
    }

    /// <summary>Reads numbers of a type.</summary>
    internal static int[] ReadNumbers(Stream stream, int count, IdType type)
    {
        int width = NumberBytes.WidthOf(type);
        byte[] bytes = new byte[checked(count * width)];
        stream.ReadExactly(bytes);
        int[] numbers = new int[count];
        for (int i = 0; i < count; i++)
        {
            numbers[i] = type == IdType.UInt16
                ? BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(i * width))
                : BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(i * width));
        }

        return numbers;
    }

    /// <summary>A row without the padding at its end: no document has that id.</summary>
    internal static TokenizedRow Row(int[] ids) => new(ids, ids.AsSpan().LastIndexOfAnyExcept(0) + 1);
}
