namespace Bytemill.Corpus;

/// <summary>One top-level column of a corpus file.</summary>
/// <param name="Name">Name in the schema.</param>
/// <param name="Type">Type for people, like <c>string</c>, <c>list&lt;int32&gt;</c> or <c>timestamp[us]</c>.</param>
/// <param name="IsNullable">Whether the schema allows nulls.</param>
/// <param name="CanKeep">Whether <see cref="TokenizedFileWriter"/> can copy it to an output. False when its name is taken
/// by an output column, occurs twice, or its data lies in another file or is encrypted.</param>
public sealed record ColumnInfo(string Name, string Type, bool IsNullable, bool CanKeep);
