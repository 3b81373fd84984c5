using System.Globalization;

namespace ActorLoad.Observers;

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
    public static TimeWaitProof Judge(ClientLedger client, KernelLedger? kernel, int observersConnections = 0)
    {
        var closes = client.AbortiveCloses;
        var aborts = Aborts(kernel);
        var level = kernel?.Target?.Client.GetValueOrDefault(TimeWait);
        var (state, reason) = Left(level)
            ?? NotSeen(kernel, level, aborts)
            ?? TooFew(client, aborts!.Value)
            ?? TooMany(client, kernel!, aborts!.Value, observersConnections)
            ?? (Pass, Agreement(client, kernel!, aborts!.Value, observersConnections));
        return new TimeWaitProof(state, reason, closes, aborts, level?.Before, level?.Peak, level?.After);
    }

    private static long? Aborts(KernelLedger? kernel) =>
        kernel?.Counters.GetValueOrDefault("TCPAbortOnData")?.Delta + kernel?.Counters.GetValueOrDefault("TCPAbortOnClose")?.Delta;

    // Whoever left sockets there before leaves not always the same number.
    private static (string, string)? Left(WatchedLevel? level)
    {
        if (level is null)
        {
            return null;
        }

        var allowed = level.Before + (level.Before > 0 ? 2 + (level.Before / 10) : 0);
        return level.After > allowed
            ? (Fail, $"{Number(level.After)} sockets to the target are left in TIME_WAIT; before the run there were {Number(level.Before)}.")
            : level.Peak > allowed
                ? (Fail, $"{Number(level.Peak)} sockets to the target were in TIME_WAIT at once during the run; "
                    + $"before it there were {Number(level.Before)}.")
                : null;
    }

    private static (string, string)? NotSeen(KernelLedger? kernel, WatchedLevel? level, long? aborts) =>
        kernel is null ? (Unseen, "What the kernel counts was not seen.")
        : level is null ? (Unseen, "The states of the sockets to the target were not seen.")
        : aborts is null ? (Unseen, "TCPAbortOnData and TCPAbortOnClose were not seen.")
        : null;

    private static (string, string)? TooFew(ClientLedger client, long aborts) =>
        aborts + NotSucceeded(client) >= client.AbortiveCloses ? null
        : (Fail, $"ActorLoad closed {Number(client.AbortiveCloses)} sockets with linger zero, but the kernel aborted only {Number(aborts)}"
            + (NotSucceeded(client) > 0 ? $"; of the others the server may have ended {Number(NotSucceeded(client))}, which did not succeed." : "."));

    // That others abort too refutes nothing; but so many could hide as many of ours that were not aborted.
    private static (string, string)? TooMany(ClientLedger client, KernelLedger kernel, long aborts, int observers)
    {
        var idle = kernel.Seconds * (kernel.Counters["TCPAbortOnData"].IdlePerSecond + kernel.Counters["TCPAbortOnClose"].IdlePerSecond);
        var explained = (long)Math.Ceiling(2 * idle) + observers + (kernel.SeesServer ? NotSucceeded(client) : 0);
        var others = aborts - client.AbortiveCloses;
        return others <= Math.Max(explained, client.AbortiveCloses / 100) ? null
            : (Unseen, $"The kernel aborted {Number(aborts)} sockets, ActorLoad closed {Number(client.AbortiveCloses)} with linger zero: other "
                + "programs of this machine abort so many that nothing can be told from it. No socket to the target was seen in TIME_WAIT.");
    }

    private static string Agreement(ClientLedger client, KernelLedger kernel, long aborts, int observers)
    {
        var closes = client.AbortiveCloses;
        var others = string.Join(" or ", new[]
        {
            observers > 0 ? "the observers'" : "", kernel.SeesServer && NotSucceeded(client) > 0 ? "the server's" : "", "other programs'",
        }.Where(name => name.Length > 0));
        return $"The kernel aborted {Number(aborts)} sockets for {Number(closes)} closes with linger zero"
            + (aborts < closes ? $" ({Number(closes - aborts)} had been ended by the server)" : aborts > closes ? $" ({Number(aborts - closes)} more are {others})" : "")
            + ", and no socket to the target went to TIME_WAIT.";
    }

    // Only these can have been ended by the server, whatever ActorLoad made of it: one that was cancelled may have been, too.
    private static long NotSucceeded(ClientLedger client) => Math.Max(0, client.Established - client.Succeeded);

    private static string Number(long count) => count.ToString("N0", CultureInfo.InvariantCulture);
}
