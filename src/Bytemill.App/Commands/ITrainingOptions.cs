namespace Bytemill.App;

/// <summary>Options of training, under the reference's names, which <c>train</c> and <c>run</c> have in common.</summary>
internal interface ITrainingOptions
{
    string VocabSize { get; }

    int Order { get; }

    long MinCount { get; }

    int MaxPieceLength { get; }

    bool IsolateDigits { get; }

    bool NoEnsureUnicode { get; }

    string Normalization { get; }

    int Shards { get; }

    bool KeepCounts { get; }
}
