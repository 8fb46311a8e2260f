namespace Bytemill.Corpus;

/// <summary>Field ids and enum values of parquet.thrift (format 2.11) that this code reads or writes.</summary>
internal static class FooterFields
{
    internal static class File
    {
        public const short Version = 1;
        public const short Schema = 2;
        public const short Rows = 3;
        public const short RowGroups = 4;
        public const short Metadata = 5;
        public const short CreatedBy = 6;
        public const short ColumnOrders = 7;
        public const short Encryption = 8;
    }

    internal static class KeyValue
    {
        public const short Key = 1;
        public const short Value = 2;
    }

    internal static class Schema
    {
        public const short Type = 1;
        public const short TypeLength = 2;
        public const short Repetition = 3;
        public const short Name = 4;
        public const short Children = 5;
        public const short Converted = 6;
        public const short Scale = 7;
        public const short Precision = 8;
        public const short Logical = 10;
    }

    internal static class RowGroup
    {
        public const short Columns = 1;
        public const short TotalBytes = 2;
        public const short Rows = 3;
        public const short FileOffset = 5;
        public const short CompressedBytes = 6;
        public const short Ordinal = 7;
    }

    internal static class Chunk
    {
        public const short FilePath = 1;
        public const short FileOffset = 2;
        public const short Metadata = 3;
        public const short Crypto = 8;
        public const short EncryptedMetadata = 9;
    }

    internal static class ChunkMetadata
    {
        public const short Type = 1;
        public const short Encodings = 2;
        public const short Path = 3;
        public const short Codec = 4;
        public const short Values = 5;
        public const short UncompressedBytes = 6;
        public const short CompressedBytes = 7;
        public const short DataPageOffset = 9;
        public const short IndexPageOffset = 10;
        public const short DictionaryPageOffset = 11;
        public const short Statistics = 12;
        public const short BloomFilterOffset = 14;
        public const short BloomFilterLength = 15;
    }

    internal static class Statistics
    {
        public const short NullCount = 3;
        public const short Max = 5;
        public const short Min = 6;
        public const short MaxIsExact = 7;
        public const short MinIsExact = 8;
    }

    internal static class Page
    {
        public const short Type = 1;
        public const short UncompressedBytes = 2;
        public const short CompressedBytes = 3;
        public const short Crc = 4;
        public const short DataHeader = 5;
        public const short DictionaryHeader = 7;
        public const short DataHeaderV2 = 8;
    }

    internal static class DataPage
    {
        public const short Values = 1;
        public const short Encoding = 2;
        public const short DefinitionEncoding = 3;
        public const short RepetitionEncoding = 4;
    }

    internal static class DictionaryPage
    {
        public const short Values = 1;
        public const short Encoding = 2;
    }

    internal static class DataPageV2
    {
        public const short Values = 1;
        public const short Nulls = 2;
        public const short Rows = 3;
        public const short Encoding = 4;
        public const short DefinitionBytes = 5;
        public const short RepetitionBytes = 6;
        public const short IsCompressed = 7;
    }
}
