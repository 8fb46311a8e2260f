namespace Bytemill.Training;

/// <summary>Opens an immutable, committed file for reading. The stream can be sought; the caller disposes it.</summary>
public delegate Stream RunOpener();
