using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Bytemill.Tokenization;

/// <summary>Puts pieces one after the other: what decoding is.</summary>
internal static class PieceCopier
{
    /// <summary>Writes the pieces of <paramref name="ids"/> as long as they fit.</summary>
    /// <param name="vocabulary">The pieces.</param>
    /// <param name="idCount">Number of ids of the model; those that are no pieces have no bytes.</param>
    /// <param name="ids">What to write.</param>
    /// <param name="target">Receives the bytes; what lies behind <paramref name="written"/> is undefined afterwards.</param>
    /// <param name="written">Bytes written.</param>
    /// <returns>How many ids are written: all, or those before the first that does not fit or that the model has not.</returns>
    public static int Copy(Vocabulary vocabulary, int idCount, ReadOnlySpan<int> ids, Span<byte> target, out int written)
    {
        ReadOnlySpan<byte> blob = vocabulary.Blob;
        ReadOnlySpan<int> ends = vocabulary.Ends;
        // Most pieces are short: sixteen bytes are moved at once and the next piece overwrites what was too much, as long as that
        // much can be read and written.
        int lastRead = blob.Length - Vector128<byte>.Count;
        int lastWrite = target.Length - Vector128<byte>.Count;
        ref byte source = ref MemoryMarshal.GetReference(blob);
        ref byte sink = ref MemoryMarshal.GetReference(target);
        int at = 0;
        for (int i = 0; i < ids.Length; i++)
        {
            int index = ids[i] - Vocabulary.FirstPieceId;
            if ((uint)index >= (uint)ends.Length)
            {
                if ((uint)ids[i] < (uint)idCount)
                {
                    continue;
                }

                written = at;
                return i;
            }

            int start = index == 0 ? 0 : ends[index - 1];
            int length = ends[index] - start;
            if (length <= Vector128<byte>.Count && start <= lastRead && at <= lastWrite)
            {
                // SAFETY: both ends lie within the spans, by the two comparisons before.
                Vector128.LoadUnsafe(ref source, (nuint)start).StoreUnsafe(ref sink, (nuint)at);
            }
            else if (length > target.Length - at)
            {
                written = at;
                return i;
            }
            else
            {
                blob.Slice(start, length).CopyTo(target[at..]);
            }

            at += length;
        }

        written = at;
        return ids.Length;
    }
}
