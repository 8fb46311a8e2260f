using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Bytemill.Tests;

/// <summary>
/// Stands before an object store and spoils some of its answers, by a seed: 503 instead of an answer, answers that come slowly, connections cut in the
/// middle of a request or an answer. It knows of unfinished uploads, too, and lists and ends them, which s3rver cannot.
/// </summary>
internal sealed class FaultyProxy : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly int _port;
    private readonly double _faults;
    private readonly int _seed;
    private readonly ConcurrentDictionary<string, string> _uploads = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, int> _requests = new(StringComparer.Ordinal);
    private int _number;
    private int _spoilt;

    /// <param name="port">Of the store.</param>
    /// <param name="faults">Share of requests that go wrong, 0 to 1.</param>
    /// <param name="seed">Decides which.</param>
    public FaultyProxy(int port, double faults, int seed)
    {
        (_port, _faults, _seed) = (port, faults, seed);
        _listener.Start(backlog: 512);
        _ = AcceptAsync();
    }

    public string Endpoint => string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}");

    /// <summary>Requests that went wrong.</summary>
    public int Spoilt => Volatile.Read(ref _spoilt);

    /// <summary>Requests of each method.</summary>
    public IReadOnlyDictionary<string, int> Requests => _requests;

    /// <summary>Uploads that were begun and neither completed nor given up: by id, the path of the object.</summary>
    public IReadOnlyDictionary<string, string> Uploads => _uploads;

    /// <summary>When set, requests that it holds for are answered by 503.</summary>
    public Func<string, bool>? Refuses { get; set; }

    public void Dispose() => _listener.Dispose();

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                TcpClient client = await _listener.AcceptTcpClientAsync();
                _ = Task.Run(() => ServeAsync(client));
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The end.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                await AnswerAsync(client);
            }
            catch (Exception e) when (e is IOException or SocketException)
            {
                // One of both has gone; the other sees it.
            }
        }
    }

    private async Task AnswerAsync(TcpClient client)
    {
        NetworkStream near = client.GetStream();
        string head = await ReadHeadAsync(near);
        if (head.Length == 0)
        {
            return;
        }

        string line = head[..head.IndexOf('\r', StringComparison.Ordinal)];
        string[] words = line.Split(' ');
        _requests.AddOrUpdate(words[0], 1, (_, count) => count + 1);
        var random = new Random((_seed * 1_000_003) + Interlocked.Increment(ref _number));
        bool isSpoilt = random.NextDouble() < _faults;
        int kind = isSpoilt ? random.Next(4) : -1;
        if (isSpoilt)
        {
            Interlocked.Increment(ref _spoilt);
        }

        if (kind == 0)
        {
            // Cut before the request was read.
            client.Client.Close(0);
            return;
        }

        if (head.Contains("\r\nExpect:", StringComparison.OrdinalIgnoreCase))
        {
            await near.WriteAsync("HTTP/1.1 100 Continue\r\n\r\n"u8.ToArray());
        }

        byte[] body = new byte[LengthOf(head)];
        await near.ReadExactlyAsync(body);
        if (kind == 1 || Refuses?.Invoke(line) == true)
        {
            await SendAsync(near, "503 Slow Down", "<Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>");
            return;
        }

        if (await AnswerOfUploadsAsync(near, words[0], words[1]))
        {
            return;
        }

        using TcpClient far = new();
        await far.ConnectAsync(IPAddress.Loopback, _port);
        NetworkStream store = far.GetStream();
        await store.WriteAsync(Encoding.Latin1.GetBytes(Forwarded(head)));
        await store.WriteAsync(body);
        using MemoryStream answer = new();
        await store.CopyToAsync(answer);
        byte[] bytes = answer.ToArray();
        Note(words[0], words[1], bytes);
        if (kind == 2)
        {
            // What was asked for is done, and who asked does not hear of it.
            await near.WriteAsync(bytes.AsMemory(0, random.Next(bytes.Length)));
            client.Client.Close(0);
            return;
        }

        for (int done = 0; done < bytes.Length;)
        {
            int part = kind == 3 ? Math.Min(bytes.Length - done, Math.Max(1, bytes.Length / 5)) : bytes.Length;
            await near.WriteAsync(bytes.AsMemory(done, part));
            done += part;
            if (kind == 3)
            {
                await Task.Delay(30);
            }
        }
    }

    private async Task<bool> AnswerOfUploadsAsync(NetworkStream near, string method, string target)
    {
        Uri uri = new("http://store" + target);
        if (method == "GET" && uri.Query.Contains("uploads", StringComparison.Ordinal))
        {
            string prefix = Uri.UnescapeDataString(uri.Query.TrimStart('?').Split('&').FirstOrDefault(part => part.StartsWith("prefix=", StringComparison.Ordinal)) ?? "prefix=")["prefix=".Length..];
            string bucket = uri.AbsolutePath.Trim('/');
            IEnumerable<string> found =
                from upload in _uploads
                let key = upload.Value[(bucket.Length + 2)..]
                where key.StartsWith(prefix, StringComparison.Ordinal)
                select $"<Upload><Key>{key}</Key><UploadId>{upload.Key}</UploadId></Upload>";
            await SendAsync(near, "200 OK", $"<ListMultipartUploadsResult><Bucket>{bucket}</Bucket><IsTruncated>false</IsTruncated>{string.Concat(found)}</ListMultipartUploadsResult>");
            return true;
        }

        if (method == "DELETE" && UploadIn(uri.Query) is { } id)
        {
            await SendAsync(near, _uploads.TryRemove(id, out _) ? "204 No Content" : "404 Not Found", "");
            return true;
        }

        return false;
    }

    private void Note(string method, string target, byte[] answer)
    {
        Uri uri = new("http://store" + target);
        string text = method == "POST" ? Encoding.UTF8.GetString(answer) : "";
        if (text.Contains("<UploadId>", StringComparison.Ordinal) && uri.Query.Contains("uploads", StringComparison.Ordinal))
        {
            _uploads[text.Split("<UploadId>")[1].Split("</UploadId>")[0]] = Uri.UnescapeDataString(uri.AbsolutePath);
        }
        else if (UploadIn(uri.Query) is { } id && text.Contains("<CompleteMultipartUploadResult", StringComparison.Ordinal))
        {
            _uploads.TryRemove(id, out _);
        }
    }

    private static string? UploadIn(string query) =>
        query.TrimStart('?').Split('&').FirstOrDefault(part => part.StartsWith("uploadId=", StringComparison.Ordinal))?["uploadId=".Length..];

    private static async Task SendAsync(NetworkStream near, string status, string body) =>
        await near.WriteAsync(Encoding.UTF8.GetBytes($"HTTP/1.1 {status}\r\nContent-Type: application/xml\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\nConnection: close\r\n\r\n{body}"));

    // A connection for each request, so that its end is the end of the answer.
    private static string Forwarded(string head) =>
        string.Join("\r\n", head.Split("\r\n").Where(line => line.Length > 0
            && !line.StartsWith("Expect:", StringComparison.OrdinalIgnoreCase) && !line.StartsWith("Connection:", StringComparison.OrdinalIgnoreCase))) + "\r\nConnection: close\r\n\r\n";

    private static int LengthOf(string head) =>
        head.Split("\r\n").FirstOrDefault(line => line.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase)) is { } line
            ? int.Parse(line.AsSpan("Content-Length:".Length).Trim(), CultureInfo.InvariantCulture)
            : 0;

    private static async Task<string> ReadHeadAsync(NetworkStream stream)
    {
        List<byte> head = [];
        byte[] one = new byte[1];
        while (!IsWhole(head))
        {
            if (await stream.ReadAsync(one) == 0)
            {
                return "";
            }

            head.Add(one[0]);
        }

        return Encoding.Latin1.GetString([.. head]);
    }

    private static bool IsWhole(List<byte> head) => head.Count >= 4 && head[^4] == '\r' && head[^3] == '\n' && head[^2] == '\r' && head[^1] == '\n';
}
