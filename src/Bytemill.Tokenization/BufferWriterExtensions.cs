using System.Buffers;

namespace Bytemill.Tokenization;

/// <summary>Shortcuts for writers of ids.</summary>
internal static class BufferWriterExtensions
{
    public static void WriteOne(this IBufferWriter<int> ids, int id)
    {
        ids.GetSpan(1)[0] = id;
        ids.Advance(1);
    }
}
