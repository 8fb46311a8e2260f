namespace Bytemill.Corpus;

/// <summary>Kinds of pages, with the numbers of parquet.thrift.</summary>
internal enum PageType
{
    Data = 0,
    Index = 1,
    Dictionary = 2,
    DataV2 = 3,
}
