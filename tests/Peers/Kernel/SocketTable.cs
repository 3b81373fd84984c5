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
/// <param name="Ends">Both addresses as the kernel writes them: its identity.</param>
/// <param name="State">Where in its life the socket is.</param>
/// <param name="LocalPort">Its own port.</param>
/// <param name="RemotePort">Its peer's; 0 when it listens.</param>
/// <param name="ReceiveQueue">Unread bytes; for a listener the connections that wait to be accepted.</param>
public sealed record SocketRow(string Ends, SocketState State, int LocalPort, int RemotePort, int ReceiveQueue)
{
    /// <summary>True if it has that port at either end.</summary>
    public bool IsOf(int port) => LocalPort == port || RemotePort == port;
}

/// <summary>All TCP sockets of a network. The kernel does not stop for the reader: while others open and close, a row may be missed.</summary>
/// <remarks>So what must be there is waited for with <see cref="UntilAsync"/>.</remarks>
public sealed class SocketTable
{
    private static readonly string[] _files = ["/proc/net/tcp", "/proc/net/tcp6"];

    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(30);

    // A socket that moves in the table meanwhile shows twice.
    private SocketTable(IEnumerable<string> lines) => Rows = [.. lines.Select(Parse).OfType<SocketRow>().DistinctBy(row => row.Ends)];

    public IReadOnlyList<SocketRow> Rows { get; }

    /// <summary>The sockets of the network that this process is in.</summary>
    public static SocketTable Read() => new(_files.Where(File.Exists).SelectMany(File.ReadLines));

    /// <summary>The sockets of another network.</summary>
    public static async Task<SocketTable> ReadAsync(NetworkNamespace network) =>
        new((await network.ExecAsync(["cat", .. _files.Where(File.Exists)])).Expect().Stdout.Split('\n'));

    /// <summary>Reads until the table is as it should be; throws <see cref="TimeoutException"/>, with its rows, if it never is.</summary>
    public static async Task<SocketTable> UntilAsync(Func<SocketTable, bool> isSo)
    {
        for (var started = TimeProvider.System.GetTimestamp(); ; await Eventually.PauseAsync())
        {
            var table = Read();
            if (isSo(table))
            {
                return table;
            }

            if (TimeProvider.System.GetElapsedTime(started) > _patience)
            {
                throw new TimeoutException($"the sockets never were as they should be:\n{string.Join('\n', table.Rows)}");
            }
        }
    }

    /// <summary>Waits until so many connections to a listener of this process's network wait to be accepted.</summary>
    public static Task UntilQueuedAsync(int port, int count) => UntilAsync(table =>
        table.Rows.Any(row => row.LocalPort == port && row.State == SocketState.Listen && row.ReceiveQueue == count));

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
            : new SocketRow(
                $"{words[1]} {words[2]}", (SocketState)Hex(words[3]),
                Hex(AfterColon(words[1])), Hex(AfterColon(words[2])), Hex(AfterColon(words[4])));
    }

    private static string AfterColon(string word) => word[(word.LastIndexOf(':') + 1)..];

    private static int Hex(string digits) => int.Parse(digits, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}
