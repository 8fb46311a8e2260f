using System.Buffers;
using Bytemill.Tokenization;

namespace Bytemill.App;

/// <summary>Draws random segmentations of texts from a stream. A text is held in memory as a whole.</summary>
internal static class TextSampling
{
    /// <param name="sampler">Draws.</param>
    /// <param name="seed">The text at line n, from 0, is drawn with the seed of row n of the only file of a corpus.</param>
    /// <param name="options">What is added to and allowed in each text.</param>
    /// <param name="lines">The texts.</param>
    /// <param name="output">Takes the ids.</param>
    /// <param name="cancellationToken">Looked at between parts.</param>
    public static void Run(TokenSampler sampler, ulong seed, EncodeOptions options, TextLines lines, IdWriter output, CancellationToken cancellationToken)
    {
        var text = new MemoryStream();
        var ids = new ArrayBufferWriter<int>(1 << 16);
        long number = 0;
        lines.Read(
            text.Write,
            () =>
            {
                sampler.Sample(text.GetBuffer().AsSpan(0, (int)text.Length), DocumentSeed.Of(seed, epoch: 0, file: 0, number++), ids, options);
                output.Write(ids.WrittenSpan);
                output.EndText();
                ids.ResetWrittenCount();
                text.SetLength(0);
            },
            output.Flush,
            cancellationToken);
    }
}
