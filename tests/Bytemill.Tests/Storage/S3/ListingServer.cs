using System.Globalization;
using System.Net;
using System.Text;

namespace Bytemill.Tests;

/// <summary>Lists any number of objects that are not there, a thousand to an answer, and does nothing else.</summary>
internal sealed class ListingServer : IDisposable
{
    private const int PageKeys = 1000;

    private readonly HttpListener _listener = new();
    private readonly int _objects;
    private readonly string _extension;
    private int _requests;

    /// <param name="objects">How many.</param>
    /// <param name="extension">Of nine in ten of them; the others are notes.</param>
    public ListingServer(int objects, string extension = ".parquet")
    {
        (_objects, _extension) = (objects, extension);
        Endpoint = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{NodeProcess.FreePorts(1)[0]}");
        _listener.Prefixes.Add(Endpoint + "/");
        _listener.Start();
        _ = ServeAsync();
    }

    public string Endpoint { get; }

    /// <summary>Answers given.</summary>
    public int Requests => Volatile.Read(ref _requests);

    /// <summary>Key of an object: hidden ones and notes among them.</summary>
    public static string Key(int index, string extension = ".parquet") => string.Create(
        CultureInfo.InvariantCulture, $"corpus/lang={index % 40}/part-{index:D6}{(index % 10 == 9 ? ".md" : extension)}");

    public void Dispose() => _listener.Close();

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                HttpListenerContext context = await _listener.GetContextAsync();
                Interlocked.Increment(ref _requests);
                int first = int.Parse(context.Request.QueryString["continuation-token"] ?? "0", CultureInfo.InvariantCulture);
                byte[] page = Encoding.UTF8.GetBytes(Page(first));
                context.Response.ContentType = "application/xml";
                await context.Response.OutputStream.WriteAsync(page);
                context.Response.Close();
            }
        }
        catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
        {
            // The end.
        }
    }

    private string Page(int first)
    {
        int end = Math.Min(first + PageKeys, _objects);
        StringBuilder page = new("<ListBucketResult>");
        for (int i = first; i < end; i++)
        {
            page.Append(CultureInfo.InvariantCulture, $"<Contents><Key>{Key(i, _extension)}</Key><ETag>\"{i:x}\"</ETag><Size>{i}</Size></Contents>");
        }

        return page.Append(end < _objects
                ? string.Create(CultureInfo.InvariantCulture, $"<IsTruncated>true</IsTruncated><NextContinuationToken>{end}</NextContinuationToken>")
                : "<IsTruncated>false</IsTruncated>")
            .Append("</ListBucketResult>").ToString();
    }
}
