using System.Net.Sockets;
using System.Text;
using ActorLoad.Hosting.Daemon;
using Xunit;

namespace ActorLoad.Hosting.Tests.Daemon;

public sealed class BrokenRequestSpecs : IAsyncLifetime, IDisposable
{
    private const string Post = "POST /runs HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n";
    private const string Chunked = Post + "Transfer-Encoding: chunked\r\n\r\n";

    private readonly TemporaryDirectory _files = new();
    private DaemonProcess _daemon = null!;

    public async Task InitializeAsync() => _daemon = await DaemonProcess.StartAsync(_files);

    public async Task DisposeAsync() => await _daemon.DisposeAsync();

    public void Dispose() => _files.Dispose();

    [Fact]
    public async Task Broken_request_gets_a_4xx_status()
    {
        foreach (var (request, status) in new (string, int)[]
        {
            (Chunked + "FFFFFFFFFFFFFFFF\r\nx", 400),
            (Chunked + "7FFFFFFFFFFFFFFF\r\nx", 400),
            (Chunked + "FFFFFFFFF\r\nx", 400),
            (Chunked + "80000000\r\nx", 400),
            (Chunked + "-1\r\nx", 400),
            (Chunked + "zz\r\nx", 400),
            (Chunked + "\r\nx", 400),
            (Chunked + "5\r\nhelloXX0\r\n\r\n", 400),
            (Chunked + "5\nhello\n0\n\n", 400),
            (Chunked + new string('0', 100_000) + "5\r\nhello\r\n0\r\n\r\n", 400),
            (Chunked + "5\r\nhello\r\n0\r\n A b\r\n\r\n", 400),
            (Post + "Content-Length: -1\r\n\r\nhello", 400),
            (Post + "Content-Length: 99999999999999999999999\r\n\r\nhello", 400),
            (Post + "Content-Length: 9223372036854775807\r\n\r\nhello", 413),
            (Post + "Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello", 400),
            (Post + "Transfer-Encoding: gzip\r\n\r\nhello", 400),
            (Post + "Transfer-Encoding: gzip, chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", 415),
            (Post + "Content-Encoding: gzip\r\nContent-Length: 5\r\n\r\nhello", 415),
            (Post + "\r\n", 400),
            ("GET /runs/%00 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", 400),
            ("GET /runs/%ff%fe HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n", 404),
            ("GET /runs/..%2f..%2fetc HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n", 404),
            ("HEAD /runs HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n", 405),
            ("GET /runs HTTP/1.1\r\nConnection: close\r\n\r\n", 400),
            ("\u0016\u0003\u0001\r\n\r\n", 400),
        })
        {
            Assert.StartsWith($"HTTP/1.1 {status} ", await SendAsync(request), StringComparison.Ordinal);
        }

        Assert.Equal("", _daemon.Process.Stderr);
        Assert.Equal("alive\n", await _daemon.Client.GetStringAsync("/healthz"));
    }

    [Theory]
    [InlineData("identity", "text/plain")]
    [InlineData(null, "application/json; charset=\"UTF-8\"")]
    public async Task Plain_body_is_read_whatever_its_headers_say(string? coding, string type)
    {
        var headers = $"Content-Type: {type}\r\n" + (coding is null ? "" : $"Content-Encoding: {coding}\r\n");
        var answer = await SendAsync($"{Post}{headers}Content-Length: 5\r\n\r\nx = 1");
        Assert.Contains("unknown key", answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("localhost", true)]
    [InlineData("LOCALHOST", true)]
    [InlineData("LocalHost.", true)]
    [InlineData("127.0.0.1", true)]
    [InlineData("127.0.0.1.", true)]
    [InlineData("127.9.9.9", true)]
    [InlineData("[::1]", true)]
    [InlineData("[0:0:0:0:0:0:0:1]", true)]
    [InlineData("[::ffff:127.0.0.1]", true)]
    [InlineData("", false)]
    [InlineData(".", false)]
    [InlineData("localhost..", false)]
    [InlineData("localhost.example.com", false)]
    [InlineData("127.0.0.1.example.com", false)]
    [InlineData("[::2]", false)]
    [InlineData("192.0.2.1", false)]
    public void Names_of_this_machine_are_recognized_in_any_spelling(string host, bool isOurs) => Assert.Equal(isOurs, Gate.IsThisMachine(host));

    [Theory]
    [InlineData("LOCALHOST", null, 200)]
    [InlineData("localhost.:1", null, 200)]
    [InlineData("[::1]:8471", null, 200)]
    [InlineData("localhost", "http://LOCALHOST", 200)]
    [InlineData("localhost", "http://localhost:1", 403)]
    [InlineData("localhost", "null", 403)]
    [InlineData("example.com", null, 403)]
    public async Task Host_and_origin_of_a_request_are_compared_as_names(string host, string? origin, int status) => Assert.StartsWith(
        $"HTTP/1.1 {status} ",
        await SendAsync($"GET /runs HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n{(origin is null ? "" : $"Origin: {origin}\r\n")}\r\n"),
        StringComparison.Ordinal);

    /// <summary>Sends bytes that no client library would, and reads what comes until the daemon hangs up.</summary>
    private async Task<string> SendAsync(string request)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        using var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", _daemon.Client.BaseAddress!.Port, limit.Token);
        var stream = client.GetStream();
        await stream.WriteAsync(Encoding.Latin1.GetBytes(request), limit.Token);
        using var reader = new StreamReader(stream, Encoding.Latin1);
        return await reader.ReadToEndAsync(limit.Token);
    }
}
