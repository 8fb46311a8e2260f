namespace Bytemill.Pipeline;

/// <summary>Room on a disk of this node for a job whose work files are in an object store.</summary>
/// <param name="Directory">Full path of a directory that belongs to this process.</param>
/// <param name="CopyBytes">Bytes that copies of work files may take there.</param>
internal sealed record LocalRoom(string Directory, long CopyBytes);
