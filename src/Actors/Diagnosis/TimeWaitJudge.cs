using ActorLoad.Metrics;
using ActorLoad.Observers;
using ActorLoad.Observers.Kernel;

namespace ActorLoad.Diagnosis;

/// <summary>
/// Proves, or refutes, that a run left nothing in TIME_WAIT: the kernel must have aborted as many sockets as ActorLoad closed with linger
/// zero, and no socket to the target may have gone to TIME_WAIT.
/// </summary>
/// <remarks>
/// A close with linger zero raises TCPAbortOnData, or TCPAbortOnClose if a reply was left unread; neither if the peer's RST came first, as
/// it does when a server closes what it rejects before it has read our command. The counters are those of the whole namespace: a server in
/// it may abort what it rejects, and so may other programs. Neither <c>TW</c> nor sockstat's <c>tw</c> will do: both count a server's
/// FIN-WAIT-2 too.
/// </remarks>
public static class TimeWaitJudge
{
    /// <summary>All that was left nothing in TIME_WAIT.</summary>
    public const string Pass = "pass";

    /// <summary>Sockets went to TIME_WAIT, or were not closed as they should have been.</summary>
    public const string Fail = "fail";

    /// <summary>It cannot be told.</summary>
    public const string Unseen = "unseen";

    private const string TimeWait = "TIME-WAIT";

    /// <summary>The judgement.</summary>
    /// <param name="client">What ActorLoad did.</param>
    /// <param name="kernel">What the kernel counted of it.</param>
    /// <param name="observersConnections">Connections that the run's observers opened while it was on; they end with RST too.</param>
    /// <param name="proxysConnections">Connections that proxies of this machine opened to their servers meanwhile; they may end with RST too.</param>
    public static TimeWaitProof Judge(ClientLedger client, KernelLedger? kernel, int observersConnections = 0, long proxysConnections = 0)
    {
        var closes = client.AbortiveCloses;
        var aborts = Aborts(kernel);
        var level = kernel?.Target?.Client.GetValueOrDefault(TimeWait);
        var foreign = Foreign(client, kernel, level, aborts - observersConnections);
        var (state, reason) = Left(level, foreign)
            ?? NotSeen(kernel, level, aborts)
            ?? TooFew(client, aborts!.Value)
            ?? TooMany(client, kernel!, aborts!.Value, observersConnections + (2 * proxysConnections))
            ?? (Pass, Agreement(client, kernel!, aborts!.Value, observersConnections, proxysConnections, foreign));
        return new TimeWaitProof(state, reason, closes, aborts, level?.Before, level?.Peak, level?.After);
    }

    private static long? Aborts(KernelLedger? kernel) =>
        kernel?.Counters.GetValueOrDefault("TCPAbortOnData")?.Delta + kernel?.Counters.GetValueOrDefault("TCPAbortOnClose")?.Delta;

    // Those that are somebody else's: from a port that no connection of the run had. Where nobody knows our ports: all, if each close of ours was an abort
    // (and each of the observers').
    private static WatchedLevel? Foreign(ClientLedger client, KernelLedger? kernel, WatchedLevel? level, long? aborts) =>
        kernel?.Target?.ForeignTimeWait
            ?? (level is not null && client.AbortiveCloses > 0 && client.AbortiveCloses >= client.Succeeded && aborts == client.AbortiveCloses ? level : null);

    // Whoever left sockets there before leaves not always the same number.
    private static (string, string)? Left(WatchedLevel? level, WatchedLevel? foreign)
    {
        if (level is null)
        {
            return null;
        }

        var allowed = Math.Max(level.Before + (level.Before > 0 ? 2 + (level.Before / 10) : 0), foreign?.Peak ?? 0);
        return level.After > allowed
            ? (Fail, $"{Sockets(level.After)} to the target {(level.After == 1 ? "is" : "are")} left in TIME_WAIT; before the run there {Were(level.Before)}.")
            : level.Peak > allowed
                ? (Fail, $"{Sockets(level.Peak)} to the target {(level.Peak == 1 ? "was" : "were")} in TIME_WAIT at once during the run; "
                    + $"before it there {Were(level.Before)}.")
                : null;
    }

    private static (string, string)? NotSeen(KernelLedger? kernel, WatchedLevel? level, long? aborts) =>
        kernel is null ? (Unseen, "What the kernel counts was not seen.")
        : level is null ? (Unseen, "The states of the sockets to the target were not seen.")
        : aborts is null ? (Unseen, "TCPAbortOnData and TCPAbortOnClose were not seen.")
        : null;

    private static (string, string)? TooFew(ClientLedger client, long aborts) =>
        aborts + NotSucceeded(client) >= client.AbortiveCloses ? null
        : (Fail, $"ActorLoad closed {Sockets(client.AbortiveCloses)} with linger zero, but the kernel aborted only {aborts.Text()}"
            + (NotSucceeded(client) > 0 ? $"; of the others the server may have ended {NotSucceeded(client).Text()}, which did not succeed." : "."));

    // That others abort too refutes nothing; but so many could hide as many of ours that were not aborted.
    private static (string, string)? TooMany(ClientLedger client, KernelLedger kernel, long aborts, long observers)
    {
        var idle = kernel.Seconds * (kernel.Counters["TCPAbortOnData"].IdlePerSecond + kernel.Counters["TCPAbortOnClose"].IdlePerSecond);
        var explained = (long)Math.Ceiling(2 * idle) + observers + (kernel.SeesServer ? NotSucceeded(client) : 0);
        var others = aborts - client.AbortiveCloses;
        return others <= Math.Max(explained, client.AbortiveCloses / 100) ? null
            : (Unseen, $"The kernel aborted {Sockets(aborts)}, ActorLoad closed {client.AbortiveCloses.Text()} with linger zero: other "
                + "programs of this machine abort so many that nothing can be told from it. No socket to the target was seen in TIME_WAIT.");
    }

    private static string Agreement(ClientLedger client, KernelLedger kernel, long aborts, int observers, long proxys, WatchedLevel? foreign)
    {
        var closes = client.AbortiveCloses;
        var others = string.Join(" or ", new[]
        {
            observers > 0 ? "the observers'" : "", proxys > 0 ? "the proxy's" : "", kernel.SeesServer && NotSucceeded(client) > 0 ? "the server's" : "", "other programs'",
        }.Where(name => name.Length > 0));
        return $"The kernel aborted {Sockets(aborts)} for {closes.Of("close")} with linger zero"
            + (aborts < closes ? $" ({(closes - aborts).Text()} had been ended by the server)" : aborts > closes ? $" ({(aborts - closes).Text()} more are {others})" : "")
            + (foreign is { Peak: > 0 } && foreign.Peak > foreign.Before
                ? $", and no socket of this run went to TIME_WAIT: the {Sockets(foreign.Peak)} there {(foreign.Peak == 1 ? "is" : "are")} another program's ("
                    + (kernel.Target?.ForeignTimeWait is null ? "each of our closes was an abort)." : "from a port that this run never used).")
                : ", and no socket to the target went to TIME_WAIT.");
    }

    // Only these can have been ended by the server, whatever ActorLoad made of it: one that was cancelled may have been, too.
    private static long NotSucceeded(ClientLedger client) => Math.Max(0, client.Established - client.Succeeded);

    private static string Sockets(long count) => count.Of("socket");

    private static string Were(long count) => count switch { 1 => "was 1", _ => $"were {count.Text()}" };
}
