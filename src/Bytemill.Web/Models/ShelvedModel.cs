namespace Bytemill.Web.Models;

/// <summary>A model that can be taken from the shelf.</summary>
/// <param name="Key">Its name in addresses; no other model of the shelf has it.</param>
/// <param name="Title">What people call it.</param>
/// <param name="Path">Its file.</param>
/// <param name="JobId">The job that made it; null for one that was given at start.</param>
/// <param name="MadeAt">When that job ended, in milliseconds since 1970-01-01 UTC; 0 for one that was given at start.</param>
/// <param name="VocabSize">Number of its ids; 0 when not known before it is loaded.</param>
/// <param name="Training">What its job said of the corpus; null for one that was given at start.</param>
public sealed record ShelvedModel(string Key, string Title, string Path, string? JobId, long MadeAt, int VocabSize, CorpusFacts? Training);
