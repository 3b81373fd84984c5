namespace ActorLoad.Observers.Kernel;

/// <summary>The counters of a kernel ledger, under the kernel's own names.</summary>
public static class KernelCounterNames
{
    /// <summary>Those of the line <c>Tcp</c> of <c>/proc/net/snmp</c>.</summary>
    public static IReadOnlyList<string> Tcp { get; } =
        ["ActiveOpens", "PassiveOpens", "AttemptFails", "EstabResets", "InSegs", "OutSegs", "RetransSegs", "InErrs", "OutRsts"];

    /// <summary>Those of the line <c>TcpExt</c> of <c>/proc/net/netstat</c>.</summary>
    public static IReadOnlyList<string> TcpExt { get; } =
    [
        "SyncookiesSent", "SyncookiesRecv", "SyncookiesFailed", "EmbryonicRsts", "TW", "TWRecycled", "TWKilled", "ListenOverflows",
        "ListenDrops", "TCPTimeouts", "TCPAbortOnData", "TCPAbortOnClose", "TCPAbortOnMemory", "TCPAbortOnTimeout", "TCPAbortOnLinger",
        "TCPAbortFailed", "TCPMemoryPressures", "TCPBacklogDrop", "TCPDeferAcceptDrop", "TCPTimeWaitOverflow", "TCPReqQFullDoCookies",
        "TCPReqQFullDrop", "TCPRetransFail", "TCPChallengeACK", "TCPSynRetrans",
    ];
}
