using System.Buffers;
using Bytemill.Tokenization;

namespace Bytemill.App;

/// <summary>Encodes texts from a stream as they come, in memory that does not grow with them.</summary>
internal static class TextEncoding
{
    /// <param name="tokenizer">Encodes.</param>
    /// <param name="options">What is added to and allowed in each text.</param>
    /// <param name="lines">The texts.</param>
    /// <param name="output">Takes the ids.</param>
    /// <param name="cancellationToken">Looked at between parts.</param>
    public static void Run(Tokenizer tokenizer, EncodeOptions options, TextLines lines, IdWriter output, CancellationToken cancellationToken)
    {
        StreamingEncoder encoder = tokenizer.CreateStreamingEncoder(options);
        var ids = new ArrayBufferWriter<int>(1 << 16);
        void PassOn()
        {
            output.Write(ids.WrittenSpan);
            ids.ResetWrittenCount();
        }

        lines.Read(
            part =>
            {
                encoder.Append(part, ids);
                PassOn();
            },
            () =>
            {
                encoder.Complete(ids);
                PassOn();
                output.EndText();
            },
            output.Flush,
            cancellationToken);
    }
}
