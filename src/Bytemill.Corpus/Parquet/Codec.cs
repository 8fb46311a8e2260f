namespace Bytemill.Corpus;

/// <summary>Compression codecs, with the numbers of parquet.thrift.</summary>
internal enum Codec
{
    Uncompressed = 0,
    Snappy = 1,
    Gzip = 2,
    Lzo = 3,
    Brotli = 4,
    HadoopLz4 = 5,
    Zstd = 6,
    Lz4Raw = 7,
}
