using System.Net.Sockets;
using System.Text;
using ActorLoad.Peers.Processes;
using ActorLoad.Peers.Requirements;
using Xunit;

namespace ActorLoad.Hosting.Tests.Daemon;

public sealed class ServiceNoticeSpecs : IDisposable
{
    private readonly TemporaryDirectory _files = new();

    public void Dispose() => _files.Dispose();

    [LinuxFact]
    public async Task Daemon_tells_the_service_manager_when_it_listens_and_when_it_stops()
    {
        using var manager = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        manager.Bind(new UnixDomainSocketEndPoint(_files["notify"]));
        await using var daemon = await DaemonProcess.StartAsync(_files, NotifiedAt(_files["notify"]));
        Assert.Equal("READY=1", await ToldAsync(manager));
        Assert.Equal("ready\n", await daemon.Client.GetStringAsync("/readyz"));
        daemon.Process.Signal(ChildSignal.Terminate);
        Assert.Equal("STOPPING=1", await ToldAsync(manager));
        Assert.Equal("", (await daemon.Process.ExitAsync()).Expect(130).Stderr);
    }

    [LinuxFact]
    public async Task A_daemon_that_cannot_listen_does_not_say_that_it_is_ready()
    {
        using var manager = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        manager.Bind(new UnixDomainSocketEndPoint(_files["notify"]));
        using var taken = new TcpListener(System.Net.IPAddress.Loopback, 0);
        taken.Start();
        var url = $"http://127.0.0.1:{((System.Net.IPEndPoint)taken.LocalEndpoint).Port}";
        var end = await ActorLoadProcess.RunAsync(
            ["serve", "--set", $"daemon.url={url}", "--set", $"daemon.results={_files["results"]}"], NotifiedAt(_files["notify"]));
        end.Expect(1);
        Assert.Equal(0, manager.Available);
    }

    [LinuxFact]
    public async Task Missing_service_manager_is_logged_and_does_not_stop_the_daemon()
    {
        await using var daemon = await DaemonProcess.StartAsync(_files, NotifiedAt(_files["nobody"]));
        var line = await daemon.Process.StderrLineAsync(line => line.Contains("NOTIFY_SOCKET", StringComparison.Ordinal));
        Assert.StartsWith("actorload serve: cannot tell the service manager READY=1: ", line, StringComparison.Ordinal);
        Assert.Equal("ready\n", await daemon.Client.GetStringAsync("/readyz"));
    }

    private static ActorLoadOptions NotifiedAt(string socket) =>
        new() { Environment = new Dictionary<string, string?> { ["NOTIFY_SOCKET"] = socket } };

    private static async Task<string> ToldAsync(Socket manager)
    {
        using var limit = new CancellationTokenSource(ChildProcess.DefaultTimeout);
        var buffer = new byte[256];
        return Encoding.UTF8.GetString(buffer, 0, await manager.ReceiveAsync(buffer, limit.Token));
    }
}
