using System.Net;
using System.Net.Sockets;
using ActorLoad.Configuration;
using ActorLoad.Hosting.Daemon;
using ActorLoad.Peers.Processes;
using Xunit;

namespace ActorLoad.Hosting.Tests.Daemon;

public sealed class ListenAddressesSpecs : IDisposable
{
    private static readonly HashSet<IPAddress> Own = [IPAddress.Loopback, IPAddress.IPv6Loopback, IPAddress.Parse("192.0.2.7")];

    private readonly TemporaryDirectory _files = new();

    public void Dispose() => _files.Dispose();

    [Theory]
    [InlineData("http://127.0.0.1:80", "127.0.0.1:80")]
    [InlineData("http://[::1]:80", "[::1]:80")]
    [InlineData("http://0.0.0.0:80", "0.0.0.0:80")]
    [InlineData("http://192.0.2.9:80", "192.0.2.9:80")] // an address is taken at its word, and fails to bind
    [InlineData("http://localhost:80", "127.0.0.1:80 [::1]:80")]
    [InlineData("http://LOCALHOST.:80", "127.0.0.1:80 [::1]:80")]
    [InlineData("http://localhost:0", "127.0.0.1:0")]
    [InlineData("http://ours.test:80", "192.0.2.7:80")]
    [InlineData("http://half.test:80", "192.0.2.7:80")]
    [InlineData("http://debian.test:80", "127.0.1.1:80")]
    public async Task Daemon_listens_only_where_its_url_says(string url, string expected) =>
        Assert.Equal(expected, string.Join(' ', await FindAsync(url)));

    [Theory]
    [InlineData("http://theirs.test:80", "theirs.test resolves to no address of this machine")]
    [InlineData("http://none.test:80", "none.test cannot be resolved (HostNotFound)")]
    [InlineData("http://empty.test:80", "empty.test resolves to no address of this machine")]
    public async Task Name_of_another_machine_is_an_error(string url, string problem)
    {
        var error = Assert.Single((await Assert.ThrowsAsync<SettingsException>(() => FindAsync(url))).Errors);
        Assert.Equal(("daemon.url", problem), (error.Key, error.Problem));
    }

    [Theory]
    [InlineData("http://nobody.invalid:0")]
    [InlineData("http://192.0.2.1:0")]
    public async Task A_url_of_another_machine_ends_the_daemon_with_exit_code_2(string url)
    {
        var end = (await ActorLoadProcess.RunAsync(
            ["serve", "--set", $"daemon.url={url}", "--set", "daemon.token=x", "--set", $"daemon.results={_files["results"]}"])).Expect(2);
        Assert.Contains("daemon.url: ", end.Stderr, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", end.Stderr, StringComparison.Ordinal);
    }

    private static Task<IReadOnlyList<IPEndPoint>> FindAsync(string url) =>
        ListenAddresses.FindAsync(new Uri(url), LookUp, Own, TimeProvider.System, CancellationToken.None);

    private static Task<IPAddress[]> LookUp(string host, CancellationToken cancellation)
    {
        string[] found = host switch
        {
            "ours.test" => ["192.0.2.7"],
            "half.test" => ["192.0.2.8", "192.0.2.7"],
            "theirs.test" => ["192.0.2.8"],
            "debian.test" => ["127.0.1.1"],
            "empty.test" => [],
            _ => throw new SocketException((int)SocketError.HostNotFound),
        };
        return Task.FromResult(found.Select(IPAddress.Parse).ToArray());
    }
}
