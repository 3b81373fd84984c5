using ActorLoad.Observers.Bystanders;
using ActorLoad.Observers.Kernel;
using ActorLoad.Observers.Server;

namespace ActorLoad.Diagnosis;

/// <summary>What three independent counts say of one run, held against each other: the <c>ledgers</c> of <c>result.json</c>.</summary>
/// <param name="Client">What ActorLoad counted.</param>
/// <param name="Servers">What each endpoint counted, in the order of the target; empty if <c>observers.server</c> is off.</param>
/// <param name="Kernel">What this machine's kernel counted; null where there is no Linux, or if <c>observers.kernel</c> is off.</param>
/// <param name="Bystander">What steady connections felt meanwhile; null if there were none.</param>
/// <param name="Reconciliation">Each quantity that two ledgers can see.</param>
/// <param name="TimeWait">Did the run leave anything in TIME_WAIT?</param>
/// <param name="Unseen">What could not be seen, and why, in sentences.</param>
public sealed record Ledgers(
    ClientLedger Client, IReadOnlyList<ServerLedger> Servers, KernelLedger? Kernel, BystanderLedger? Bystander,
    IReadOnlyList<ReconciledQuantity> Reconciliation, TimeWaitProof TimeWait, IReadOnlyList<string> Unseen);

/// <summary>What ActorLoad counted, as far as others can count it too.</summary>
/// <param name="Attempts">Tries to open a connection.</param>
/// <param name="Succeeded">Connections that did all they had to.</param>
/// <param name="Established">Attempts whose connection was established.</param>
/// <param name="AbortiveCloses">Sockets closed with linger zero that no RST of the peer had closed already.</param>
/// <param name="AttemptFailures">How attempts failed, by outcome name.</param>
/// <param name="Rejections">Error prefixes of rejected attempts.</param>
public sealed record ClientLedger(
    long Attempts, long Succeeded, long Established, long AbortiveCloses, IReadOnlyDictionary<string, long> AttemptFailures,
    IReadOnlyDictionary<string, long> Rejections)
{
    /// <summary>Abortive closes of connections whose peer had sent FIN.</summary>
    public long PeerFinishes { get; init; }

    /// <summary>Attempts that a RST of the peer ended, whatever they read before it.</summary>
    public long PeerResets { get; init; }

    /// <summary>Connects from ports that the server may still have held: an earlier connect from there had been given up without an answer.</summary>
    public long RetiredPorts { get; init; }

    /// <summary>Connections that the server was told to close first (QUIT), at most.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public long ClosedFirst { get; init; }
}

/// <summary>One quantity as each ledger counted it; null where a ledger cannot see it.</summary>
/// <param name="Quantity">What was counted.</param>
/// <param name="Client">ActorLoad's count.</param>
/// <param name="Server">The servers' count, without the observers' own connections.</param>
/// <param name="Kernel">The kernel's count during the run, less what an idle machine would have counted in that time.</param>
/// <param name="Unexplained">How far the server's or the kernel's count lies outside what ActorLoad's own numbers, and all that is known to differ, let
/// expect of it; the larger, if it is both.</param>
/// <param name="Remark">Why they may differ; empty if they agree.</param>
public sealed record ReconciledQuantity(string Quantity, long? Client, long? Server, long? Kernel, long Unexplained, string Remark);

/// <summary>Whether the sockets of the run were gone when it was over.</summary>
/// <param name="State"><c>pass</c>, <c>fail</c> or <c>unseen</c>.</param>
/// <param name="Reason">Why, in a sentence.</param>
/// <param name="AbortiveCloses">Closes with linger zero that ActorLoad did.</param>
/// <param name="KernelAborts">TCPAbortOnData and TCPAbortOnClose that the kernel counted.</param>
/// <param name="Before">Sockets in TIME_WAIT towards the target before the run.</param>
/// <param name="Peak">Most seen at once during the run.</param>
/// <param name="After">Those left after it.</param>
public sealed record TimeWaitProof(
    string State, string Reason, long AbortiveCloses, long? KernelAborts, long? Before, long? Peak, long? After);
