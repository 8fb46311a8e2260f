namespace Bytemill.Training;

/// <summary>The kept n-grams that extend one n-gram by a byte, most frequent first; of equally frequent ones the lower byte first.</summary>
internal sealed class NGramFamily
{
    /// <summary>Number of values of <see cref="FrequencyClass"/>.</summary>
    public const int FrequencyClasses = 64;

    private readonly byte[] _labels = new byte[256];
    private readonly long[] _counts = new long[256];
    private readonly byte[] _members = new byte[256];
    private readonly byte[] _places = new byte[256];

    public int Count { get; private set; }

    /// <summary>The bytes that the members add.</summary>
    public ReadOnlySpan<byte> Labels => _labels.AsSpan(0, Count);

    public ReadOnlySpan<long> Counts => _counts.AsSpan(0, Count);

    /// <summary>For each member in byte order, its index here.</summary>
    public ReadOnlySpan<byte> Places => _places.AsSpan(0, Count);

    /// <summary>0 for the families whose members are most frequent on average; one more for half of that.</summary>
    public int FrequencyClass
    {
        get
        {
            long sum = 0;
            foreach (long count in Counts)
            {
                sum = checked(sum + count);
            }

            return (int)long.LeadingZeroCount(sum / Count);
        }
    }

    /// <summary>Reads the family of an n-gram, which may be empty.</summary>
    /// <param name="reader">Stands at the first member, if there are any.</param>
    /// <param name="length">Length of the members.</param>
    /// <param name="prefix">Key of the n-gram that they extend.</param>
    /// <param name="hasNext">Whether the reader stands at an n-gram; and whether it does afterwards.</param>
    public void Read(NGramLevelReader reader, int length, ulong prefix, ref bool hasNext)
    {
        ulong mask = PackedNGram.Mask(length - 1);
        for (Count = 0; hasNext && (reader.Key & mask) == prefix; hasNext = reader.Read())
        {
            int place = Count;
            for (; place > 0 && _counts[place - 1] < reader.Count; place--)
            {
                (_labels[place], _counts[place], _members[place]) = (_labels[place - 1], _counts[place - 1], _members[place - 1]);
            }

            (_labels[place], _counts[place], _members[place]) = (PackedNGram.LastByte(reader.Key, length), reader.Count, (byte)Count);
            Count++;
        }

        for (int place = 0; place < Count; place++)
        {
            _places[_members[place]] = (byte)place;
        }
    }
}
