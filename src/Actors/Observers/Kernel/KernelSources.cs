using System.Globalization;
using System.Net;

namespace ActorLoad.Observers.Kernel;

/// <summary>All that is read of the kernel during a run. It is opened before the run, so that a reading needs no descriptor. It belongs to
/// the network namespace of the thread that opens it. Any thread may read it, one at a time. It never throws, but notes what cannot be
/// seen.</summary>
public sealed class KernelSources : IDisposable
{
    /// <summary>Key of the tracked connections among the levels.</summary>
    public const string Conntrack = "conntrack";

    // After a count of the sockets, none for so many times as long: a count that took 25 ms is not repeated within a second. Beside a storm
    // that takes every core a count takes longer, and is repeated less often.
    private const int SocketsRest = 40;

    private readonly TimeProvider _time;
    private readonly IReadOnlyList<string>? _wanted;
    private readonly ProcFile _snmp;
    private readonly ProcFile _netstat;
    private readonly ProcFile _sockstat;
    private readonly ProcFile _sockstat6;
    private readonly ProcFile _conntrack;
    private readonly ProcFile _conntrackCount;
    private readonly SocketDiag _diag;
    private SocketCounts? _sockets;
    private long _socketsDue = long.MinValue;

    /// <summary>Opens everything, and reads the settings. If counters are named in <paramref name="wanted"/>, a note says which of these
    /// the kernel lacks, but not which of the others. <paramref name="isOurs"/> and <paramref name="fleets"/> as for
    /// <see cref="SocketDiag"/>.</summary>
    public KernelSources(
        KernelPaths paths, IEnumerable<IPEndPoint> endpoints, TimeProvider time, IReadOnlyList<string>? wanted = null,
        IsOwnEnd? isOurs = null, OwnFleets? fleets = null)
    {
        (_time, _wanted, FleetNames) = (time, wanted, fleets?.Names ?? []);
        _snmp = new ProcFile(Path.Combine(paths.Net, "snmp"));
        _netstat = new ProcFile(Path.Combine(paths.Net, "netstat"));
        _sockstat = new ProcFile(Path.Combine(paths.Net, "sockstat"));
        _sockstat6 = new ProcFile(Path.Combine(paths.Net, "sockstat6"));
        _conntrack = new ProcFile(Path.Combine(paths.Net, "stat/nf_conntrack"));
        _conntrackCount = new ProcFile(KernelSettings.SysctlFile(paths, "net.netfilter.nf_conntrack_count"));
        _diag = new SocketDiag(endpoints, isOurs, fleets);
        Settings = KernelSettings.Read(paths, Unseen, areMissed: wanted is null);
    }

    /// <summary>The fleets whose sockets are counted apart.</summary>
    public IReadOnlyList<string> FleetNames { get; }

    /// <summary>Notes of what could not be seen so far.</summary>
    public UnseenNotes Unseen { get; } = new();

    /// <summary>The settings when the sources were opened.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; }

    /// <summary>Reads everything. Sockets that are many or cannot be counted may be those of the reading before, unless
    /// <paramref name="countAnew"/>.</summary>
    public KernelReading Read(bool countAnew = false)
    {
        var at = _time.GetTimestamp();
        var counters = new NetCounters();
        TakeCounters(_snmp, "Tcp", KernelCounterNames.Tcp, "connections and resets", counters);
        TakeCounters(_netstat, "TcpExt", KernelCounterNames.TcpExt, "drops, aborts and retransmitted SYNs", counters);
        TakeConntrack(counters);
        return new KernelReading(at, counters, ReadLevels(), CountSockets(countAnew));
    }

    /// <summary>Reads only the accept queues: 10 us for each. Null if they cannot be seen.</summary>
    public SocketCounts? ReadListeners() => _diag.ReadListeners(Unseen);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var file in new[] { _snmp, _netstat, _sockstat, _sockstat6, _conntrack, _conntrackCount })
        {
            file.Dispose();
        }

        _diag.Dispose();
    }

    private void TakeCounters(ProcFile file, string protocol, IReadOnlyList<string> names, string what, NetCounters counters)
    {
        if (file.Read() is not { } text)
        {
            Unseen.Add(file.Path, $"What the kernel counts of {what} was not seen: {file.Problem}.");
        }
        else if (!counters.Take(text, protocol))
        {
            Unseen.Add(file.Path, $"What the kernel counts of {what} was not seen: {file.Path} has no counters of {protocol}.");
        }
        else if (names.Where(name => counters[name] is null && _wanted?.Contains(name) != false).ToList() is { Count: > 0 } missing)
        {
            Unseen.Add(file.Path, $"This kernel does not count {string.Join(", ", missing)}: {file.Path} has no such columns.");
        }
    }

    // Most machines do not track connections. That needs no note.
    private void TakeConntrack(NetCounters counters)
    {
        if (_conntrack.Read() is { } text)
        {
            if (!ConntrackCounters.Take(text, counters))
            {
                Unseen.Add(_conntrack.Path, $"Drops of connection tracking were not seen: {_conntrack.Path} has no such counters.");
            }
        }
        else if (!_conntrack.IsMissing)
        {
            Unseen.Add(_conntrack.Path, $"Drops of connection tracking were not seen: {_conntrack.Problem}.");
        }
    }

    private Dictionary<string, long> ReadLevels()
    {
        var levels = new Dictionary<string, long>(StringComparer.Ordinal);
        if (_sockstat.Read() is not { } text)
        {
            Unseen.Add(_sockstat.Path, $"How many sockets the machine has was not seen: {_sockstat.Problem}.");
        }
        else if (!SockStat.Take(text, levels))
        {
            Unseen.Add(_sockstat.Path, $"How many sockets the machine has was not seen: {_sockstat.Path} has no line of TCP.");
        }

        SockStat.Take(_sockstat6.Read() ?? "", levels); // the file is missing where there is no IPv6
        if (long.TryParse(_conntrackCount.Read(), NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out var tracked))
        {
            levels[Conntrack] = tracked;
        }

        return levels;
    }

    private SocketCounts? CountSockets(bool countAnew)
    {
        var begin = _time.GetTimestamp();
        if (countAnew || begin >= _socketsDue)
        {
            _sockets = _diag.Read(Unseen) ?? (countAnew ? null : _sockets);
            var end = _time.GetTimestamp();
            _socketsDue = end + ((end - begin) * SocketsRest);
        }

        return _sockets;
    }
}
