namespace Bytemill.Corpus;

/// <summary>A file of a store, as the store lists it.</summary>
/// <param name="Path">Full path.</param>
/// <param name="LengthBytes">Its length.</param>
/// <param name="Version">Becomes another whenever the file is written: time of the last change, or the entity tag of an object. Says nothing of the content.</param>
public readonly record struct StoredFile(string Path, long LengthBytes, string Version);
