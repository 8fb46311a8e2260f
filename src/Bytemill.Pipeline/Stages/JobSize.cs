namespace Bytemill.Pipeline;

/// <summary>How many tasks the stages of a job have; fixed by its plan.</summary>
/// <param name="Partitions">Tasks of counting and segmenting.</param>
/// <param name="TokenizedFiles">Tasks of tokenizing.</param>
/// <param name="NGramShards">Tasks of merging n-grams.</param>
/// <param name="PieceShards">Tasks of each vocabulary round.</param>
/// <param name="ShuffledFiles">Tasks of shuffling; 0 for none.</param>
public sealed record JobSize(int Partitions, int TokenizedFiles, int NGramShards, int PieceShards, int ShuffledFiles = 0);
