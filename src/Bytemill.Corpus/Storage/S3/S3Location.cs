namespace Bytemill.Corpus;

/// <summary>Bucket and key of <c>s3://bucket/key</c>.</summary>
/// <param name="Bucket">Name of the bucket.</param>
/// <param name="Key">Key of an object, or what the keys of a directory begin with; empty for all of the bucket.</param>
internal readonly record struct S3Location(string Bucket, string Key)
{
    /// <summary>What the keys of all objects below this begin with.</summary>
    public string Prefix => Key.Length == 0 || Key.EndsWith('/') ? Key : Key + "/";

    /// <exception cref="IOException">There is no bucket in the path.</exception>
    public static S3Location Parse(string path)
    {
        string rest = path[StorePath.Scheme.Length..];
        int slash = rest.IndexOf('/', StringComparison.Ordinal);
        (string bucket, string key) = slash < 0 ? (rest, "") : (rest[..slash], rest[(slash + 1)..]);
        return bucket.Length > 0
            ? new S3Location(bucket, key)
            : throw new IOException($"'{path}' names no bucket; write s3://BUCKET/KEY.");
    }

    /// <summary>Path of an object of this bucket.</summary>
    public string PathOf(string key) => $"{StorePath.Scheme}{Bucket}/{key}";

    public override string ToString() => PathOf(Key);
}
