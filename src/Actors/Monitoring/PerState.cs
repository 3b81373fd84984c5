using ActorLoad.Observers.Kernel;

namespace ActorLoad.Monitoring;

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
