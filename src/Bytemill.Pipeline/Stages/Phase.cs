namespace Bytemill.Pipeline;

/// <summary>The phases of a job as users see them; each ends in a barrier.</summary>
public enum Phase
{
    /// <summary>List the inputs, read footers, cut partitions and key ranges.</summary>
    Plan = 0,

    /// <summary>Workers count n-grams, one partition at a time.</summary>
    Count = 1,

    /// <summary>N-gram shards merge and prune the counts of their key range.</summary>
    Merge = 2,

    /// <summary>The coordinator joins the slices into one n-gram model file.</summary>
    Model = 3,

    /// <summary>Workers cut the corpus into pieces and count them.</summary>
    Segment = 4,

    /// <summary>Piece shards prune the candidates to the vocabulary, in rounds.</summary>
    Vocabulary = 5,

    /// <summary>Workers tokenize the corpus, one input file at a time.</summary>
    Tokenize = 6,

    /// <summary>Results move to their final names; manifest and <c>_SUCCESS</c>.</summary>
    Finish = 7,

    /// <summary>After planning, where input may be left out: workers look for what cannot be used, one partition at a time.</summary>
    Check = 8,
}
