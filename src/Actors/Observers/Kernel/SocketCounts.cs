namespace ActorLoad.Observers.Kernel;

/// <summary>How many sockets of the watched endpoints are in which state.</summary>
public sealed class SocketCounts
{
    private readonly int[] _client = new int[(int)TcpState.Closing + 1];
    private readonly List<uint> _inodes = [];
    private int[,] _ofFleets = new int[0, 0];
    private readonly int[] _server = new int[(int)TcpState.Closing + 1];

    /// <summary>Listeners that listen for a watched endpoint.</summary>
    public int Listeners { get; private set; }

    /// <summary>Connections that wait to be accepted, at the listener with most of them. One more than the limit means that it
    /// overflows.</summary>
    public long? AcceptQueue { get; private set; }

    /// <summary>How many may wait: the listener's backlog as the kernel cut it, the smallest if there are several.</summary>
    public long? AcceptQueueLimit { get; private set; }

    /// <summary>The inodes of the listeners. The process that has one of them open is the one that listens.</summary>
    public IReadOnlyList<uint> ListenerInodes => _inodes;

    /// <summary>Sockets in TIME_WAIT whose remote end is a watched endpoint, and whose local port no connection of the run had; null if the
    /// ports of the run are not known.</summary>
    public int? ForeignTimeWait { get; private set; }

    /// <summary>Sockets whose remote end is a watched endpoint.</summary>
    public int Client(TcpState state) => _client[(int)state];

    /// <summary>Sockets whose local end is a watched endpoint, without the listeners.</summary>
    public int Server(TcpState state) => _server[(int)state];

    /// <summary>The same of one fleet.</summary>
    public int Client(TcpState state, int fleet) => _ofFleets[2 * fleet, (int)state];

    /// <summary>The same of one fleet.</summary>
    public int Server(TcpState state, int fleet) => _ofFleets[(2 * fleet) + 1, (int)state];

    internal void KnowFleets(int count) => _ofFleets = new int[2 * count, (int)TcpState.Closing + 1];

    internal void AddClient(int state, int fleet) => _ofFleets[2 * fleet, state]++;

    internal void AddServer(int state, int fleet) => _ofFleets[(2 * fleet) + 1, state]++;

    internal void AddClient(int state) => _client[state]++;

    internal void AddServer(int state) => _server[state]++;

    internal void KnowPorts() => ForeignTimeWait ??= 0;

    internal void AddForeignTimeWait() => ForeignTimeWait++;

    internal void AddListener(long queue, long limit, uint inode = 0)
    {
        if (inode > 0)
        {
            _inodes.Add(inode);
        }

        Listeners++;
        AcceptQueue = Math.Max(AcceptQueue ?? 0, queue);
        AcceptQueueLimit = Math.Min(AcceptQueueLimit ?? long.MaxValue, limit);
    }
}
