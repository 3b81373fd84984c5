using ActorLoad.Metrics;
using ActorLoad.Observers;
using ActorLoad.Observers.Kernel;

namespace ActorLoad.Diagnosis;

/// <summary>
/// Proves or refutes that a run left nothing in TIME_WAIT. The kernel must have aborted as many sockets as ActorLoad closed with linger
/// zero, and no socket to the target may have gone to TIME_WAIT.
/// </summary>
/// <remarks>
/// A close with linger zero raises TCPAbortOnData, or TCPAbortOnClose if a reply was unread. It raises neither if the peer's RST came
/// first: a server may close a rejected connection before it reads our command. The counters cover the whole namespace, where
/// servers and other programs may abort sockets too. <c>TW</c> and sockstat's <c>tw</c> do not help: both count a server's FIN-WAIT-2 too.
/// </remarks>
public static class TimeWaitJudge
{
    /// <summary>The run left nothing in TIME_WAIT.</summary>
    public const string Pass = "pass";

    /// <summary>Sockets went to TIME_WAIT, or were not closed as ordered.</summary>
    public const string Fail = "fail";

    /// <summary>Not known.</summary>
    public const string Unseen = "unseen";

    /// <summary>Every connection went over a Unix socket.</summary>
    public const string NotApplicable = "not-applicable";

    /// <summary>The judgement of a run over Unix sockets alone.</summary>
    public static TimeWaitProof OfUnixSockets { get; } =
        new(NotApplicable, "Unix sockets have no ports, so nothing of them waits in TIME_WAIT.", 0, null, null, null, null);

    private const string TimeWait = "TIME-WAIT";

    /// <summary>The judgement.</summary>
    /// <param name="client">ActorLoad's count.</param>
    /// <param name="kernel">The kernel's count; null if not read.</param>
    /// <param name="observersConnections">Connections of the run's observers meanwhile, which end with RST too.</param>
    /// <param name="proxysConnections">Connections from proxies here to their servers meanwhile, which may end with RST too.</param>
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

    // Sockets of other programs: from ports that no connection of the run had. If our ports are not known: all sockets, if each of our
    // closes (and each of the observers') was an abort.
    private static WatchedLevel? Foreign(ClientLedger client, KernelLedger? kernel, WatchedLevel? level, long? aborts)
    {
        var closes = client.AbortiveCloses;
        return kernel?.Target?.ForeignTimeWait ?? (closes > 0 && closes >= client.Succeeded && aborts == closes ? level : null);
    }

    // Other programs that left sockets there before do not always leave the same number.
    private static (string, string)? Left(WatchedLevel? level, WatchedLevel? foreign)
    {
        if (level is null)
        {
            return null;
        }

        var (before, peak, after) = level;
        var allowed = Math.Max(before + (before > 0 ? 2 + (before / 10) : 0), foreign?.Peak ?? 0);
        if (after > allowed)
        {
            var are = after == 1 ? "is" : "are";
            return (Fail, $"{Sockets(after)} to the target {are} left in TIME_WAIT; before the run there {Were(before)}.");
        }

        return peak <= allowed ? null
            : (Fail, $"{Sockets(peak)} to the target {peak.Were()} in TIME_WAIT at once during the run; before it there {Were(before)}.");
    }

    private static (string, string)? NotSeen(KernelLedger? kernel, WatchedLevel? level, long? aborts) =>
        kernel is null ? (Unseen, "The kernel's counters were not seen.")
        : level is null ? (Unseen, "The states of the sockets to the target were not seen.")
        : aborts is null ? (Unseen, "TCPAbortOnData and TCPAbortOnClose were not seen.")
        : null;

    private static (string, string)? TooFew(ClientLedger client, long aborts) =>
        aborts + NotSucceeded(client) >= client.AbortiveCloses ? null
        : (Fail, $"ActorLoad closed {Sockets(client.AbortiveCloses)} with linger zero, but the kernel aborted only {aborts.Text()}"
            + (NotSucceeded(client) > 0
                ? $"; of the others the server may have ended {NotSucceeded(client).Text()}, which did not succeed." : "."));

    // Aborts of other programs refute nothing, but many of them could hide as many missing aborts of ours.
    private static (string, string)? TooMany(ClientLedger client, KernelLedger kernel, long aborts, long observers)
    {
        var idle = kernel.Seconds * (kernel.Counters["TCPAbortOnData"].IdlePerSecond + kernel.Counters["TCPAbortOnClose"].IdlePerSecond);
        var explained = (long)Math.Ceiling(2 * idle) + observers + (kernel.SeesServer ? NotSucceeded(client) : 0);
        var others = aborts - client.AbortiveCloses;
        return others <= Math.Max(explained, client.AbortiveCloses / 100) ? null
            : (Unseen, $"The kernel aborted {Sockets(aborts)}, ActorLoad closed {client.AbortiveCloses.Text()} with linger zero. Other "
                + "programs of this machine abort too many sockets to tell more. No socket to the target was seen in TIME_WAIT.");
    }

    private static string Agreement(
        ClientLedger client, KernelLedger kernel, long aborts, int observers, long proxys, WatchedLevel? foreign)
    {
        var closes = client.AbortiveCloses;
        var others = Prose.Join(
            " or ", observers > 0 ? "the observers'" : "", proxys > 0 ? "the proxy's" : "",
            kernel.SeesServer && NotSucceeded(client) > 0 ? "the server's" : "", "other programs'");
        var difference = aborts < closes ? $" ({(closes - aborts).Text()} had been ended by the server)"
            : aborts > closes ? $" ({(aborts - closes).Text()} more are {others})" : "";
        return $"The kernel aborted {Sockets(aborts)} for {closes.Of("close")} with linger zero{difference}, {Rest(kernel, foreign)}";
    }

    private static string Rest(KernelLedger kernel, WatchedLevel? foreign)
    {
        if (foreign is not { Peak: var peak and > 0, Before: var before } || peak <= before)
        {
            return "and no socket to the target went to TIME_WAIT.";
        }

        var why = kernel.Target?.ForeignTimeWait is null ? "each of our closes was an abort" : "from a port that this run never used";
        var (sockets, are) = (Sockets(peak), peak == 1 ? "is" : "are");
        return $"and no socket of this run went to TIME_WAIT: the {sockets} there {are} another program's ({why}).";
    }

    // Only the server can have ended these, whatever their outcome: also cancelled ones.
    private static long NotSucceeded(ClientLedger client) => Math.Max(0, client.Established - client.Succeeded);

    private static string Sockets(long count) => count.Of("socket");

    private static string Were(long count) => $"{count.Were()} {count.Text()}";
}
