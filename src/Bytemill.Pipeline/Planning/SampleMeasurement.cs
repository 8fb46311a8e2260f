using System.Collections.Immutable;
using Bytemill.Training;

namespace Bytemill.Pipeline;

/// <summary>What the steps of training did with a sample, and how long each took on one thread of this machine.</summary>
internal sealed record SampleMeasurement
{
    /// <summary>Normalised bytes of the nested samples, ascending; the last is the whole sample.</summary>
    public required ImmutableArray<double> NestedBytes { get; init; }

    /// <summary>Normalised bytes for each byte of text.</summary>
    public required double NormalizedShare { get; init; }

    /// <summary>Counts of counts of each nested sample.</summary>
    public required ImmutableArray<NGramSpectrum> Spectra { get; init; }

    /// <summary>Stored bytes of an entry of an n-gram run.</summary>
    public required double RunBytesPerEntry { get; init; }

    /// <summary>Stored bytes of an n-gram kept, in slices.</summary>
    public required double SliceBytesPerNGram { get; init; }

    /// <summary>Bytes of an n-gram in the model file.</summary>
    public required double ModelBytesPerNGram { get; init; }

    /// <summary>Smallest count that the models of <see cref="Pieces"/> were pruned at.</summary>
    public required long PieceMinCount { get; init; }

    /// <summary>Segmentation of each nested sample by the model of itself.</summary>
    public required ImmutableArray<PieceSample> Pieces { get; init; }

    /// <summary>By how many percent distinct pieces grow when text grows by one and the model keeps its size.</summary>
    public required double PieceSlopeAtFixedModel { get; init; }

    /// <summary>The same within one model and its text: what a part of the corpus holds of the pieces of all.</summary>
    public required double PieceSlopeWithin { get; init; }

    /// <summary>Stored bytes of an entry of a piece run.</summary>
    public required double PieceBytesPerEntry { get; init; }

    /// <summary>Seconds of reading and decoding a byte of text.</summary>
    public required double ReadSeconds { get; init; }

    /// <summary>Seconds of normalising and cutting a byte.</summary>
    public required double NormalizeSeconds { get; init; }

    /// <summary>Seconds of counting a byte, the run written.</summary>
    public required double CountSeconds { get; init; }

    /// <summary>Seconds of merging an entry.</summary>
    public required double MergeSeconds { get; init; }

    /// <summary>Seconds of building an n-gram of the model.</summary>
    public required double ModelSeconds { get; init; }

    /// <summary>Seconds of adding up an entry of a piece run.</summary>
    public required double ReduceSeconds { get; init; }

    /// <summary>Seconds of all rounds of the vocabulary, for each distinct piece.</summary>
    public required double PruneSeconds { get; init; }

    /// <summary>Seconds of tokenizing a byte.</summary>
    public required double EncodeSeconds { get; init; }

    /// <summary>Tokens of a byte, by the vocabulary of the sample.</summary>
    public required double TokensPerByte { get; init; }

    /// <summary>What two threads do in the time of one, between 1 and 2.</summary>
    public required double TwoThreads { get; init; }

    /// <summary>Bytes a second that the spill directory's disk takes.</summary>
    public required double DiskBytesPerSecond { get; init; }
}
