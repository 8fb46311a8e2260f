using Bytemill.Tokenization;

namespace Bytemill.Web.Models;

/// <summary>A model in memory with what pages need of it. Thread-safe.</summary>
public sealed class LoadedModel
{
    // A slider passes through many values; only the last few are likely to be asked for again.
    private const int MaxSamplers = 4;

    private readonly Lazy<VocabularyTable> _table;
    private readonly LinkedList<TokenSampler> _samplers = [];
    private readonly Lock _lock = new();

    internal LoadedModel(ShelvedModel entry, Tokenizer tokenizer)
    {
        Entry = entry;
        Tokenizer = tokenizer;
        _table = new Lazy<VocabularyTable>(() => new VocabularyTable(tokenizer.Model.Vocabulary));
    }

    /// <summary>Where it came from.</summary>
    public ShelvedModel Entry { get; }

    /// <summary>The tokenizer.</summary>
    public Tokenizer Tokenizer { get; }

    /// <summary>Its vocabulary, to search; made when first needed.</summary>
    public VocabularyTable Table => _table.Value;

    /// <summary>Bytes that it takes: the tokenizer, its table, and the samplers at their largest.</summary>
    // A table has a byte for each piece. A sampler has 16 to 20 bytes where the automaton has 16 for a match and 18 for a state.
    public long MemoryBytes => (Tokenizer.MemoryBytes * (1 + MaxSamplers)) + Tokenizer.Model.Vocabulary.Count;

    /// <summary>A sampler of random segmentations; kept, since its tables take a tenth of a second.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    public TokenSampler SamplerOf(SamplingOptions options)
    {
        lock (_lock)
        {
            for (LinkedListNode<TokenSampler>? node = _samplers.First; node is not null; node = node.Next)
            {
                if (node.Value.Options == options)
                {
                    _samplers.Remove(node);
                    _samplers.AddFirst(node);
                    return node.Value;
                }
            }

            TokenSampler sampler = Tokenizer.CreateSampler(options);
            _samplers.AddFirst(sampler);
            if (_samplers.Count > MaxSamplers)
            {
                _samplers.RemoveLast();
            }

            return sampler;
        }
    }
}
