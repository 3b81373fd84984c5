using System.Globalization;
using System.Net;
using System.Net.Sockets;
using ActorLoad.Peers.Kernel;
using ActorLoad.Peers.Processes;
using ActorLoad.Peers.Resp;

namespace ActorLoad.Peers;

/// <summary>A real redis-server on a free loopback port, that lives as long as this object.</summary>
/// <remarks>
/// It is asked and told things over one connection on a Unix socket, kept from start to end, so that asking adds nothing to the
/// kernel's TCP counters and one connection to the server's own. It needs one of the server's <c>maxclients</c>.
/// </remarks>
public sealed class RedisServer : IAsyncDisposable
{
    /// <summary>Stands for its port in arguments.</summary>
    public const string PortMark = "{port}";

    private const int PortAttempts = 5;
    private const string Control = "control";

    private readonly DirectoryInfo _folder;
    private readonly ChildProcess _process;
    private readonly Socket _socket;
    private readonly RespSocket _control;
    private readonly SemaphoreSlim _turn = new(1);

    private RedisServer(DirectoryInfo folder, ChildProcess process, Socket socket, int port)
    {
        _folder = folder;
        _process = process;
        _socket = socket;
        _control = new RespSocket(socket);
        Port = port;
    }

    /// <summary>Its TCP port on 127.0.0.1.</summary>
    public int Port { get; }

    public IPEndPoint EndPoint => new(IPAddress.Loopback, Port);

    /// <summary>The endpoint as run files and <c>--target</c> write it.</summary>
    public string Target => $"127.0.0.1:{Port}";

    /// <summary>The same server on a Unix socket.</summary>
    public string UnixTarget => $"unix:{Path.Combine(_folder.FullName, Control)}";

    public int ProcessId => _process.Id;

    /// <summary>Everything that it logged so far.</summary>
    public string Log => _process.Stdout;

    /// <summary>Starts one with these arguments after the defaults (nothing is saved, tcp-backlog 4096), ready to answer.</summary>
    public static Task<RedisServer> StartAsync(params string[] args) => StartAsync(null, args);

    /// <summary>Starts one inside a network namespace, where <see cref="Target"/> is reachable for other processes inside.</summary>
    public static Task<RedisServer> StartAsync(NetworkNamespace? network, params string[] args) => StartWrappedAsync(network, [], args);

    /// <summary>The same behind words such as <c>prlimit --nofile=200</c>, which must exec.</summary>
    public static async Task<RedisServer> StartWrappedAsync(NetworkNamespace? network, IReadOnlyList<string> wrapper, params string[] args)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await TryStartAsync(network, wrapper, FreshPort.NumberApart(), args);
            }
            catch (InvalidOperationException e) when (attempt < PortAttempts && e.Message.Contains("Address already in use"))
            {
                // Somebody took the port between our look and the server's bind: the next one.
            }
        }
    }

    /// <summary>A section of INFO (<c>stats</c>, <c>clients</c>, <c>all</c> ...), key to value.</summary>
    public async Task<IReadOnlyDictionary<string, string>> InfoAsync(string section) =>
        (await CommandAsync("INFO", section) ?? "").Split("\r\n")
            .Where(line => line.Contains(':'))
            .Select(line => line.Split(':', 2))
            .ToDictionary(pair => pair[0], pair => pair[1]);

    /// <summary>Connections that it accepted since its start, without the one over which it is asked.</summary>
    public async Task<long> ConnectionsReceivedAsync() => await StatAsync("stats", "total_connections_received") - 1;

    /// <summary>Connections that are open now, without the one over which it is asked.</summary>
    public async Task<long> ConnectedClientsAsync() => await StatAsync("clients", "connected_clients") - 1;

    /// <summary>Waits until so many connections are open, without the one over which it is asked.</summary>
    public async Task HasClientsAsync(long count)
    {
        using var limit = new CancellationTokenSource(ChildProcess.DefaultTimeout);
        while (await ConnectedClientsAsync() != count)
        {
            limit.Token.ThrowIfCancellationRequested();
            await Eventually.PauseAsync();
        }
    }

    /// <summary>Waits until it has accepted so many connections since its start, or <paramref name="isOver"/> says that no more will come.</summary>
    public async Task HasReceivedAsync(long count, Func<bool>? isOver = null)
    {
        using var limit = new CancellationTokenSource(ChildProcess.DefaultTimeout);
        while (isOver?.Invoke() != true && await ConnectionsReceivedAsync() < count)
        {
            limit.Token.ThrowIfCancellationRequested();
            await Eventually.PauseAsync();
        }
    }

    /// <summary>Sends a command and gives its reply: null for a null, one line for each element of an array. Throws
    /// <see cref="RedisErrorException"/> for an error reply.</summary>
    public async Task<string?> CommandAsync(params string[] command)
    {
        await _turn.WaitAsync();
        try
        {
            using var limit = new CancellationTokenSource(ChildProcess.DefaultTimeout);
            await _control.SendCommandAsync(command, limit.Token);
            return await _control.ReadReplyAsync(limit.Token);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Stops it where it is, or lets it go on.</summary>
    public void Signal(ChildSignal signal) => _process.Signal(signal);

    /// <summary>Kills it now, as a crash would; its port then refuses.</summary>
    public async Task KillAsync()
    {
        _process.Signal(ChildSignal.Kill);
        await _process.ExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        _socket.Dispose();
        await _process.DisposeAsync();
        _turn.Dispose();
        _folder.Delete(recursive: true);
    }

    private static async Task<RedisServer> TryStartAsync(NetworkNamespace? network, IReadOnlyList<string> wrapper, int port, string[] args)
    {
        var folder = Directory.CreateTempSubdirectory("al-redis-");
        var path = Path.Combine(folder.FullName, Control);
        var process = ChildProcess.Start(
        [
            .. network?.Prefix ?? [], .. wrapper, "redis-server", "--port", port.ToString(CultureInfo.InvariantCulture), "--bind", "127.0.0.1",
            "--unixsocket", path, "--dir", folder.FullName, "--save", "", "--appendonly", "no", "--tcp-backlog", "4096",
            .. args.Select(arg => arg == PortMark ? port.ToString(CultureInfo.InvariantCulture) : arg),
        ]);
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await process.StdoutLineAsync(line => line.Contains("eady to accept connections"));
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path));
            var server = new RedisServer(folder, process, socket, port);
            if (PasswordIn(args) is { } password)
            {
                await server.CommandAsync("AUTH", password);
            }

            if (!args.Contains("PING"))
            {
                await server.CommandAsync("PING"); // unless a spec takes it away
            }

            return server;
        }
        catch
        {
            socket.Dispose();
            await process.DisposeAsync();
            folder.Delete(recursive: true);
            throw;
        }
    }

    private static string? PasswordIn(string[] args)
    {
        var at = Array.IndexOf(args, "--requirepass");
        return at >= 0 ? args[at + 1] : null;
    }

    private async Task<long> StatAsync(string section, string key) =>
        long.Parse((await InfoAsync(section))[key], CultureInfo.InvariantCulture);
}
