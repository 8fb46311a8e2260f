namespace Bytemill.Corpus;

/// <summary>Takes the rows of one part of the output, in order.</summary>
public interface IRowTarget : IDisposable
{
    /// <summary>Takes a row; does not keep it.</summary>
    /// <inheritdoc cref="RowSink.Append"/>
    void Append(in OutputRow row, CancellationToken cancellation);

    /// <summary>Told that there are no more.</summary>
    /// <param name="evenEmpty">Whether there is an output though there are no rows.</param>
    /// <param name="cancellation">Cancels.</param>
    void Complete(bool evenEmpty, CancellationToken cancellation);
}
