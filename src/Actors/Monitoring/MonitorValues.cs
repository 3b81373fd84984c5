using ActorLoad.Observers.Kernel;

namespace ActorLoad.Monitoring;

/// <summary>One value for each useful counter of the machine (of its network namespace).</summary>
/// <param name="Opens">Connections begun from here (<c>ActiveOpens</c>).</param>
/// <param name="Accepts">Connections taken into an accept queue here (<c>PassiveOpens</c>).</param>
/// <param name="Overflows">Connections that found an accept queue full (<c>ListenOverflows</c>).</param>
/// <param name="Drops">SYNs and connections that a listener dropped, overflows included (<c>ListenDrops</c>).</param>
/// <param name="Retransmits">Segments sent again, SYNs included (<c>RetransSegs</c>).</param>
/// <param name="SynRetransmits">SYNs and SYN/ACKs sent again (<c>TCPSynRetrans</c>).</param>
public sealed record PerCounter<T>(T Opens, T Accepts, T Overflows, T Drops, T Retransmits, T SynRetransmits)
{
    /// <summary>The values in the order of <see cref="PerCounter.Names"/>.</summary>
    public IReadOnlyList<T> ToList() => [Opens, Accepts, Overflows, Drops, Retransmits, SynRetransmits];
}

/// <summary>Makes values for each counter.</summary>
public static class PerCounter
{
    /// <summary>The kernel's names.</summary>
    public static IReadOnlyList<string> Names { get; } =
        ["ActiveOpens", "PassiveOpens", "ListenOverflows", "ListenDrops", "RetransSegs", "TCPSynRetrans"];

    /// <summary>The value for each of the kernel's names.</summary>
    public static PerCounter<T> Of<T>(Func<string, T> value) =>
        new(value(Names[0]), value(Names[1]), value(Names[2]), value(Names[3]), value(Names[4]), value(Names[5]));
}

/// <summary>One value for each useful state of a connection.</summary>
/// <param name="SynSent">Connecting, from here.</param>
/// <param name="SynRecv">Being connected from elsewhere, not yet in the accept queue.</param>
/// <param name="Estab">Open; at the server, this includes connections that wait to be accepted.</param>
/// <param name="FinWait">Closed here, not yet by the peer (FIN-WAIT-1 and FIN-WAIT-2).</param>
/// <param name="CloseWait">Closed by the peer, not yet here.</param>
/// <param name="TimeWait">Closed by both; the pair of addresses stays reserved.</param>
/// <param name="Other">LAST-ACK and CLOSING.</param>
public sealed record PerState<T>(T SynSent, T SynRecv, T Estab, T FinWait, T CloseWait, T TimeWait, T Other)
{
    /// <summary>The values in the order of <see cref="PerState.Names"/>.</summary>
    public IReadOnlyList<T> ToList() => [SynSent, SynRecv, Estab, FinWait, CloseWait, TimeWait, Other];
}

/// <summary>Makes values for each state.</summary>
public static class PerState
{
    private static readonly (string Name, TcpState[] States)[] _states =
    [
        ("SYN-SENT", [TcpState.SynSent]),
        ("SYN-RECV", [TcpState.SynReceived]),
        ("ESTAB", [TcpState.Established]),
        ("FIN-WAIT", [TcpState.FinWait1, TcpState.FinWait2]),
        ("CLOSE-WAIT", [TcpState.CloseWait]),
        ("TIME-WAIT", [TcpState.TimeWait]),
        ("other", [TcpState.LastAck, TcpState.Closing]),
    ];

    /// <summary>The names of <c>ss</c>, except for FIN-WAIT, which covers both, and <c>other</c>.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. _states.Select(state => state.Name)];

    /// <summary>Adds up the kernel's states.</summary>
    public static PerState<int> Count(Func<TcpState, int> count) => Of(_states.Select(state => state.States.Sum(count)).ToList());

    /// <summary>Values in the order of <see cref="Names"/>.</summary>
    public static PerState<T> Of<T>(IReadOnlyList<T> values) =>
        new(values[0], values[1], values[2], values[3], values[4], values[5], values[6]);
}

/// <summary>Keeps the highest value.</summary>
internal sealed class PeakWatch
{
    /// <summary>The highest value; null without any.</summary>
    public Peak? Peak { get; private set; }

    /// <summary>Adds a value; null changes nothing.</summary>
    public void Add(double? value, DateTimeOffset at)
    {
        if (value is { } seen && (Peak is null || seen > Peak.Value))
        {
            Peak = new Peak(seen, at);
        }
    }

    /// <summary>One for each of <paramref name="count"/> values.</summary>
    public static PeakWatch[] Many(int count) => [.. Enumerable.Range(0, count).Select(_ => new PeakWatch())];
}
