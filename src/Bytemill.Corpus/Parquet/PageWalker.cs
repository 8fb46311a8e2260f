using System.Buffers;

namespace Bytemill.Corpus;

/// <summary>Finds the pages of a column chunk.</summary>
internal static class PageWalker
{
    private const int FirstWindowBytes = 512;
    // Headers hold statistics, which some writers do not shorten.
    private const int LastWindowBytes = 16 << 20;

    /// <summary>Reads the page headers of a chunk, in order, until all its values are found.</summary>
    /// <param name="source">The file.</param>
    /// <param name="chunk">A chunk without an obstacle.</param>
    /// <param name="where">File, row group and column, for messages.</param>
    /// <exception cref="CorpusException">A header is damaged, or the pages do not make up the chunk.</exception>
    public static List<PageHeader> Walk(CorpusSource source, ColumnChunk chunk, string where)
    {
        List<PageHeader> pages = [];
        long position = chunk.Start;
        // The footer's length can be a few bytes short (old writers left out the dictionary's header): the file's end counts.
        long end = source.LengthBytes;
        long values = 0;
        bool hasDictionary = false;
        source.Announce(chunk.Start, chunk.LengthBytes, isGlance: true);
        while (values < chunk.Values)
        {
            PageHeader page = ReadHeader(source, position, end, where);
            if (page.End > end)
            {
                throw Damaged(where, $"a page at byte {position} of the file reaches past its end");
            }

            if (page.Type == PageType.Dictionary)
            {
                if (hasDictionary || values > 0)
                {
                    throw Damaged(where, $"there is a second or late dictionary page at byte {position} of the file");
                }

                hasDictionary = true;
            }
            else if (page.IsData)
            {
                values += page.Values;
                bool needsDictionary = page.Encoding is PageEncoding.PlainDictionary or PageEncoding.RleDictionary;
                if (needsDictionary && !hasDictionary)
                {
                    throw Damaged(where, $"the page at byte {position} of the file needs a dictionary, but there is none");
                }
            }

            pages.Add(page);
            position = page.End;
        }

        if (values != chunk.Values)
        {
            throw Damaged(where, $"its pages have {values} values, its footer says {chunk.Values}");
        }

        // Whoever has walked over them reads them next.
        source.Announce(chunk.Start, chunk.LengthBytes);
        return pages;
    }

    public static CorpusException Damaged(string where, string what, Exception? cause = null) =>
        new($"{where}: the data is damaged: {what}. Write or download the file again.", cause);

    private static PageHeader ReadHeader(CorpusSource source, long position, long end, string where)
    {
        for (long window = FirstWindowBytes; ; window *= 16)
        {
            int length = (int)Math.Min(window, end - position);
            byte[] buffer = ArrayPool<byte>.Shared.Rent(length);
            try
            {
                source.ReadExactly(position, buffer.AsSpan(0, length));
                return PageHeader.Read(buffer.AsSpan(0, length), position);
            }
            catch (ThriftFormatException error)
            {
                if (length < window || window >= LastWindowBytes)
                {
                    throw Damaged(where, $"no page header at byte {position} of the file ({error.Message})", error);
                }
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }
        }
    }
}
