using System.Globalization;
using System.Net;
using System.Net.Sockets;
using ActorLoad.Hosting.Targets;
using ActorLoad.Peers.Processes;
using ActorLoad.Peers.Requirements;
using ActorLoad.Runs;
using Xunit;

namespace ActorLoad.Hosting.Tests.Targets;

public class EmbeddedTargetSpecs
{
    [Fact]
    public async Task Embedded_server_runs_only_while_its_target_is_open()
    {
        var target = new EmbeddedTarget(problem => Assert.Fail(problem));
        var opened = await target.OpenAsync(CancellationToken.None);
        Assert.Equal("embedded", Assert.Single(opened.Names));
        using var client = await ConnectAsync(Assert.Single(opened.Endpoints).Address!);
        Assert.Equal("+PONG\r\n", await PingAsync(client));
        await target.DisposeAsync();
        Assert.True(await IsCutAsync(client));
        await Assert.ThrowsAsync<SocketException>(() => ConnectAsync(opened.Endpoints[0].Address!));
    }

    [Fact]
    public async Task Embedded_target_may_be_disposed_before_it_opens_and_twice()
    {
        var target = new EmbeddedTarget(problem => Assert.Fail(problem));
        await target.DisposeAsync();
        await target.OpenAsync(CancellationToken.None);
        await target.DisposeAsync();
        await target.DisposeAsync();
    }

    [LinuxTheory]
    [InlineData(ChildSignal.Interrupt)]
    [InlineData(ChildSignal.Terminate)]
    public async Task Standalone_server_runs_until_a_signal(ChildSignal signal)
    {
        await using var server = ActorLoadProcess.Start(["target"]);
        using var client = await ConnectAsync(await ReadyAsync(server));
        Assert.Equal("+PONG\r\n", await PingAsync(client));
        server.Signal(signal);
        (await server.ExitAsync()).Expect(130);
    }

    [Fact]
    public async Task Chosen_port_that_another_program_takes_is_replaced_by_the_next()
    {
        using var taken = Listen();
        using var free = Listen();
        var ports = new Queue<int>([PortOf(taken), PortOf(taken), PortOf(free)]);
        free.Stop();

        using var server = EmbeddedServer.Start(0, _ => ports.Dequeue());

        Assert.Empty(ports);
        using var client = await ConnectAsync(server.Address);
        Assert.Equal("+PONG\r\n", await PingAsync(client));
    }

    [Fact]
    public void Requested_port_that_another_program_takes_is_a_socket_error()
    {
        using var taken = Listen();
        var error = Assert.Throws<SocketException>(() => EmbeddedServer.Start(PortOf(taken), port => port));
        Assert.Equal(SocketError.AddressAlreadyInUse, error.SocketErrorCode);
    }

    [Fact]
    public async Task A_port_that_is_taken_is_a_clear_error()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;
        var server = (await ActorLoadProcess.RunAsync(["target", "--port", port.ToString(CultureInfo.InvariantCulture)])).Expect(1);
        Assert.StartsWith($"actorload target: cannot listen on 127.0.0.1:{port}: ", server.Stderr, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Server_ends_when_the_pipe_to_its_parent_closes() =>
        (await ActorLoadProcess.RunAsync(["target", "--stdin-lifeline"])).Expect(137); // a child of the tests has its stdin closed; it kills itself

    [LinuxFact]
    public async Task A_server_does_not_outlive_a_parent_that_was_killed()
    {
        await using var run = ActorLoadProcess.Start(["run", "--set", "load.0.count=1000"]);
        using var client = await ConnectAsync(await StartedAsync(run));
        Assert.Equal("+PONG\r\n", await PingAsync(client));
        run.Signal(ChildSignal.Kill);
        Assert.True(await IsCutAsync(client));
    }

    /// <summary>Ctrl-C reaches the whole process group: the server must not fail the connections of the run that is being stopped.</summary>
    [LinuxFact]
    public async Task Interrupt_to_the_process_group_leaves_the_embedded_server_running()
    {
        var options = new ActorLoadOptions { Wrapper = ["setsid"] };
        await using var run = ActorLoadProcess.Start(
            ["run", "--json", "--set", "load.0.count=1000", "--set", "connection.hold=10s", "--set", "metrics.interval=100ms"], options);
        await run.StderrLineAsync(line => line.Contains("open 500 ", StringComparison.Ordinal));
        (await ChildProcess.RunAsync("kill", "-INT", "--", $"-{run.Id}")).Expect();
        var result = RunResultJson.Parse((await run.ExitAsync()).Expect(130).Stdout);
        Assert.Equal(0, result.Connections.Failed);
        Assert.True(result.Connections.Cancelled >= 500, $"{result.Connections}");
    }

    private static async Task<IPEndPoint> ReadyAsync(ChildProcess server) =>
        IPEndPoint.Parse((await server.StdoutLineAsync(line => line.StartsWith("ready ", StringComparison.Ordinal)))["ready ".Length..]);

    private static async Task<IPEndPoint> StartedAsync(ChildProcess run)
    {
        var line = await run.StderrLineAsync(line => line.Contains(" started: ", StringComparison.Ordinal));
        return IPEndPoint.Parse(line.Split(" started: ")[1].Split(',')[0]);
    }

    private static async Task<TcpClient> ConnectAsync(IPEndPoint address)
    {
        var client = new TcpClient(AddressFamily.InterNetwork);
        await client.ConnectAsync(address);
        return client;
    }

    private static async Task<string> PingAsync(TcpClient client)
    {
        await client.GetStream().WriteAsync("PING\r\n"u8.ToArray());
        var reply = new byte[7];
        await client.GetStream().ReadExactlyAsync(reply);
        return System.Text.Encoding.ASCII.GetString(reply);
    }

    /// <summary>Waits until the peer is gone: a FIN or a RST, whichever it managed.</summary>
    private static async Task<bool> IsCutAsync(TcpClient client)
    {
        try
        {
            return await client.GetStream().ReadAsync(new byte[1]).AsTask().WaitAsync(ChildProcess.DefaultTimeout) == 0;
        }
        catch (IOException)
        {
            return true;
        }
    }

    private static TcpListener Listen()
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return listener;
    }

    private static int PortOf(TcpListener listener) => ((IPEndPoint)listener.LocalEndpoint).Port;
}
