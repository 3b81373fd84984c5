using System.Collections.Immutable;
using ActorLoad.Observers.Bystanders;
using ActorLoad.Observers.Kernel;
using ActorLoad.Observers.Server;

namespace ActorLoad.Diagnosis;

/// <summary>Three independent counts of one run, compared: the <c>ledgers</c> of <c>result.json</c>.</summary>
/// <param name="Client">ActorLoad's count.</param>
/// <param name="Servers">Each endpoint's count, in the order of the target; empty if <c>observers.server</c> is off.</param>
/// <param name="Kernel">The count of this machine's kernel; null without Linux, or if <c>observers.kernel</c> is off.</param>
/// <param name="Bystander">What steady connections felt meanwhile; null without them.</param>
/// <param name="Reconciliation">Each quantity that two ledgers count.</param>
/// <param name="TimeWait">Whether the run left sockets in TIME_WAIT.</param>
/// <param name="Unseen">What could not be seen, and why, in sentences.</param>
public sealed record Ledgers(
    ClientLedger Client, IReadOnlyList<ServerLedger> Servers, KernelLedger? Kernel, BystanderLedger? Bystander,
    IReadOnlyList<ReconciledQuantity> Reconciliation, TimeWaitProof TimeWait, IReadOnlyList<string> Unseen);

/// <summary>ActorLoad's count, as far as others can count the same.</summary>
/// <param name="Attempts">Tries to open a connection.</param>
/// <param name="Succeeded">Connections that completed their session.</param>
/// <param name="Established">Attempts whose connection was established.</param>
/// <param name="AbortiveCloses">Sockets closed with linger zero, unless the peer's RST had closed them already.</param>
/// <param name="AttemptFailures">Failed attempts, by outcome name.</param>
/// <param name="Rejections">Rejected attempts, by error prefix.</param>
public sealed record ClientLedger(
    long Attempts, long Succeeded, long Established, long AbortiveCloses, IReadOnlyDictionary<string, long> AttemptFailures,
    IReadOnlyDictionary<string, long> Rejections)
{
    /// <summary>Attempts that TLS ended, by reason; empty without TLS.</summary>
    // The generated reader sets null if it is missing.
    public IReadOnlyDictionary<string, long> TlsFailures { get => field ?? ImmutableDictionary<string, long>.Empty; init; }
        = ImmutableDictionary<string, long>.Empty;

    /// <summary>Abortive closes of connections whose peer had sent FIN.</summary>
    public long PeerFinishes { get; init; }

    /// <summary>Attempts that ended with the peer's RST, whatever they read before it.</summary>
    public long PeerResets { get; init; }

    /// <summary>Connects from ports that the server may still have held, after an unanswered connect from there was given up.</summary>
    public long RetiredPorts { get; init; }

    /// <summary>Connections that QUIT told the server to close first, at most.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public long ClosedFirst { get; init; }
}

/// <summary>One quantity as each ledger counted it; null if a ledger cannot see it.</summary>
/// <param name="Quantity">What was counted.</param>
/// <param name="Client">ActorLoad's count.</param>
/// <param name="Server">The servers' count, without the observers' own connections.</param>
/// <param name="Kernel">The kernel's count during the run, less an idle machine's count in that time.</param>
/// <param name="Unexplained">The part of the server's or the kernel's count that ActorLoad's numbers and all known differences do not
/// explain; the larger of both.</param>
/// <param name="Remark">Why they may differ; empty if they agree.</param>
public sealed record ReconciledQuantity(string Quantity, long? Client, long? Server, long? Kernel, long Unexplained, string Remark);

/// <summary>Whether the sockets of the run were gone when it was over.</summary>
/// <param name="State"><c>pass</c>, <c>fail</c>, <c>unseen</c> or <c>not-applicable</c>.</param>
/// <param name="Reason">Why, in a sentence.</param>
/// <param name="AbortiveCloses">ActorLoad's closes with linger zero.</param>
/// <param name="KernelAborts">The kernel's count of TCPAbortOnData and TCPAbortOnClose.</param>
/// <param name="Before">Sockets in TIME_WAIT towards the target before the run.</param>
/// <param name="Peak">The most at once during the run.</param>
/// <param name="After">Sockets in TIME_WAIT after it.</param>
public sealed record TimeWaitProof(
    string State, string Reason, long AbortiveCloses, long? KernelAborts, long? Before, long? Peak, long? After);
