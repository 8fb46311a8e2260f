namespace Bytemill.Pipeline;

/// <summary>An input file that is left out as a whole, since planning could not use it.</summary>
/// <param name="Path">Absolute path.</param>
/// <param name="LengthBytes">Size of the file.</param>
/// <param name="Why">What was found.</param>
public sealed record LeftOutFile(string Path, long LengthBytes, string Why);
