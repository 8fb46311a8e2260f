namespace Bytemill.Corpus;

/// <summary>How often a schema element occurs in its parent, with the numbers of parquet.thrift.</summary>
internal enum Repetition
{
    Required = 0,
    Optional = 1,
    Repeated = 2,
}
