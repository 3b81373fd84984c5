using System.Globalization;

namespace ActorLoad.Peers.Kernel;

/// <summary>States of a TCP socket, with the numbers of /proc/net/tcp.</summary>
public enum SocketState
{
    Established = 1,
    SynSent = 2,
    SynReceived = 3,
    FinWait1 = 4,
    FinWait2 = 5,
    TimeWait = 6,
    Close = 7,
    CloseWait = 8,
    LastAck = 9,
    Listen = 10,
    Closing = 11,
    NewSynReceived = 12,
}

/// <summary>A row of /proc/net/tcp or tcp6.</summary>
/// <param name="State">Where in its life the socket is.</param>
/// <param name="LocalPort">Its own port.</param>
/// <param name="RemotePort">Its peer's; 0 when it listens.</param>
/// <param name="ReceiveQueue">Unread bytes; for a listener the connections that wait to be accepted.</param>
public sealed record SocketRow(SocketState State, int LocalPort, int RemotePort, int ReceiveQueue);

/// <summary>All TCP sockets of a network at one moment. Reading is not atomic: a socket that moves meanwhile may show twice or not.</summary>
public sealed class SocketTable
{
    private static readonly string[] _files = ["/proc/net/tcp", "/proc/net/tcp6"];

    private SocketTable(IEnumerable<string> lines) => Rows = [.. lines.Select(Parse).OfType<SocketRow>()];

    public IReadOnlyList<SocketRow> Rows { get; }

    /// <summary>The sockets of the network that this process is in.</summary>
    public static SocketTable Read() => new(_files.Where(File.Exists).SelectMany(File.ReadLines));

    /// <summary>The sockets of another network.</summary>
    public static async Task<SocketTable> ReadAsync(NetworkNamespace network) =>
        new((await network.ExecAsync(["cat", .. _files.Where(File.Exists)])).Expect().Stdout.Split('\n'));

    /// <summary>Sockets in <paramref name="state"/> whose peer's port is <paramref name="remotePort"/>: the client's side.</summary>
    public int CountTo(int remotePort, SocketState state) => Rows.Count(row => row.RemotePort == remotePort && row.State == state);

    /// <summary>Sockets in <paramref name="state"/> on <paramref name="localPort"/>: the server's side.</summary>
    public int CountOn(int localPort, SocketState state) => Rows.Count(row => row.LocalPort == localPort && row.State == state);

    /// <summary>Sockets in TIME_WAIT that have <paramref name="port"/> at either end.</summary>
    public int TimeWaitCount(int port) => CountTo(port, SocketState.TimeWait) + CountOn(port, SocketState.TimeWait);

    // "  0: 0100007F:18EB 00000000:0000 0A 00000000:00000001 ...": index, local, remote, state, send queue and receive queue.
    private static SocketRow? Parse(string line)
    {
        var words = line.Split(' ', 6, StringSplitOptions.RemoveEmptyEntries);
        return words.Length < 6 || words[0] == "sl"
            ? null
            : new SocketRow((SocketState)Hex(words[3]), Hex(AfterColon(words[1])), Hex(AfterColon(words[2])), Hex(AfterColon(words[4])));
    }

    private static string AfterColon(string word) => word[(word.LastIndexOf(':') + 1)..];

    private static int Hex(string digits) => int.Parse(digits, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}
