using System.Buffers;
using Bytemill.Tokenization;

namespace Bytemill.Pipeline;

/// <summary>Turns the texts of one file into ids: the best ones, or those that an epoch draws.</summary>
internal sealed class RowEncoder
{
    private readonly Tokenizer _tokenizer;
    private readonly TokenSampler? _sampler;
    private readonly ulong _jobSeed;
    private readonly TokenizedFile _file;

    public RowEncoder(TaskContext context, Tokenizer tokenizer)
    {
        _tokenizer = tokenizer;
        _file = context.Plan.TokenizedFile(context.Index);
        if (context.Spec.Sampling is { } sampling)
        {
            _sampler = context.Job.Sampler(tokenizer);
            _jobSeed = sampling.Seed;
        }
    }

    /// <param name="text">The text.</param>
    /// <param name="row">Its row in the file, from 0; rows without text count too.</param>
    /// <param name="ids">Receives the ids.</param>
    public void Encode(ReadOnlySpan<byte> text, long row, IBufferWriter<int> ids)
    {
        if (_sampler is null)
        {
            _tokenizer.Encode(text, ids);
        }
        else
        {
            _sampler.Sample(text, DocumentSeed.Of(_jobSeed, _file.Epoch ?? 0, _file.Input, row), ids);
        }
    }
}
