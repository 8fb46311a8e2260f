namespace Bytemill.Corpus;

/// <summary>Reads what a job wrote, in one of its formats; for looking results over.</summary>
public interface ITokenReader : IDisposable
{
    /// <summary>Rows in all.</summary>
    long Rows { get; }

    /// <summary>What the output says of itself.</summary>
    IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>Reads all rows in order.</summary>
    /// <param name="cancellation">Cancels.</param>
    /// <exception cref="CorpusException">The output is damaged.</exception>
    IEnumerable<TokenizedRow> ReadRows(CancellationToken cancellation = default);
}
