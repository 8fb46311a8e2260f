using System.Buffers;
using Bytemill.Tokenization;

namespace Bytemill.Training;

/// <summary>From a document to the chunks that training looks at, one at a time.</summary>
public static class TrainingText
{
    /// <summary>Normalises a document and cuts it.</summary>
    /// <param name="document">UTF-8 text; may be empty.</param>
    /// <param name="options"><see cref="TrainerOptions.Normalization"/> and <see cref="TrainerOptions.IsolateDigits"/>.</param>
    /// <param name="scratch">Holds the normalised text while the chunks are looked at; cleared first.</param>
    /// <returns>To be used with <c>foreach</c>. A chunk lasts as long as <paramref name="document"/> and <paramref name="scratch"/> stay as they are.</returns>
    public static ChunkEnumerator EnumerateChunks(ReadOnlySpan<byte> document, TrainerOptions options, ArrayBufferWriter<byte> scratch)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(scratch);
        ReadOnlySpan<byte> text = options.Normalization == TextNormalization.Nfc ? TextNormalizer.ToNfc(document, scratch) : document;
        return new ChunkEnumerator(text, options.IsolateDigits);
    }

    /// <summary>Walks over the chunks of one text.</summary>
    public ref struct ChunkEnumerator
    {
        private readonly bool _isolateDigits;
        private ReadOnlySpan<byte> _rest;

        internal ChunkEnumerator(ReadOnlySpan<byte> text, bool isolateDigits)
        {
            _rest = text;
            _isolateDigits = isolateDigits;
        }

        /// <summary>The chunk at hand, one byte or more.</summary>
        public ReadOnlySpan<byte> Current { get; private set; }

        /// <summary>This, for <c>foreach</c>.</summary>
        public readonly ChunkEnumerator GetEnumerator() => this;

        /// <summary>Moves to the next chunk; false at the end.</summary>
        public bool MoveNext()
        {
            if (_rest.IsEmpty)
            {
                return false;
            }

            int length = ChunkSplitter.NextTrainingChunk(_rest, _isolateDigits);
            Current = _rest[..length];
            _rest = _rest[length..];
            return true;
        }
    }
}
