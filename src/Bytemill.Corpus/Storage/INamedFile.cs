namespace Bytemill.Corpus;

/// <summary>A stream that reads a file.</summary>
public interface INamedFile
{
    /// <summary>Full path of the file, for messages.</summary>
    string Name { get; }
}
