using ActorLoad.Observers.Bystanders;
using ActorLoad.Observers.Kernel;
using ActorLoad.Observers.Server;
using Akka.Actor;

namespace ActorLoad.Observers;

/// <summary>Messages between a run and its observers. An observer begins to watch when it is made; each step has one answer, also from an
/// observer that can see nothing: its ledger is then null and its reason among what was not seen.</summary>
public static class ObserverProtocol
{
    /// <summary>To the parent: the baseline is taken (or cannot be), the storm may begin.</summary>
    public sealed record ObserverReady(string Observer);

    /// <summary>The storm begins: counts and times of the run start here.</summary>
    public sealed record StormBegins : INoSerializationVerificationNeeded
    {
        /// <summary>The only instance.</summary>
        public static StormBegins Instance { get; } = new();
    }

    /// <summary>The last connection has ended. Take the last reading (a bystander goes on until it has recovered or its time is up) and answer with the ledger.</summary>
    public sealed record StormEnded : INoSerializationVerificationNeeded
    {
        /// <summary>The only instance.</summary>
        public static StormEnded Instance { get; } = new();
    }

    /// <summary>Answer with the ledger as it is, now: the run was stopped, or the wait was too long.</summary>
    public sealed record ConcludeNow : INoSerializationVerificationNeeded
    {
        /// <summary>The only instance.</summary>
        public static ConcludeNow Instance { get; } = new();
    }

    /// <summary>From <see cref="RunObservers"/>: all observers are ready, or are not waited for any longer.</summary>
    public sealed record ObserversReady : INoSerializationVerificationNeeded
    {
        /// <summary>The only instance.</summary>
        public static ObserversReady Instance { get; } = new();
    }

    /// <summary>From <see cref="RunObservers"/>: what all observers saw; it stops itself.</summary>
    /// <param name="Servers">In the order of the target's addresses; those that were never seen are left out.</param>
    /// <param name="Kernel">Null if it was not seen.</param>
    /// <param name="Bystander">Null if there was none, or no PING of it was answered.</param>
    /// <param name="OwnConnections">Connections that observers opened while the storm was on.</param>
    /// <param name="Unseen">What could not be seen, and why, in sentences.</param>
    public sealed record RunObserved(
        IReadOnlyList<ServerLedger> Servers, KernelLedger? Kernel, BystanderLedger? Bystander, int OwnConnections, IReadOnlyList<string> Unseen)
        : INoSerializationVerificationNeeded
    {
        /// <summary>Nobody watched.</summary>
        public static RunObserved Nothing { get; } = new([], null, null, 0, []);
    }

    /// <summary>The kernel's ledger; the observer stops itself.</summary>
    public sealed record KernelObserved(KernelLedger? Ledger, IReadOnlyList<string> Unseen) : INoSerializationVerificationNeeded;

    /// <summary>One server's ledger; the observer stops itself.</summary>
    /// <param name="Index">Its place among the target's addresses.</param>
    /// <param name="Ledger">What it counted; null if it never answered.</param>
    /// <param name="OwnConnections">Connections that the observer opened to this server while the storm was on (reconnects), and that are in the
    /// kernel's counts.</param>
    /// <param name="Unseen">What could not be seen.</param>
    public sealed record ServerObserved(int Index, ServerLedger? Ledger, int OwnConnections, IReadOnlyList<string> Unseen)
        : INoSerializationVerificationNeeded;

    /// <summary>The bystander's ledger; the observer stops itself.</summary>
    /// <param name="Ledger">What its PINGs felt; null if none was ever answered.</param>
    /// <param name="OwnConnections">Connects that it began while the storm was on (reconnects), each one SYN or more in the kernel's counts;
    /// those that it had before are not among them.</param>
    /// <param name="Unseen">What could not be seen.</param>
    public sealed record BystanderObserved(BystanderLedger? Ledger, int OwnConnections, IReadOnlyList<string> Unseen)
        : INoSerializationVerificationNeeded
    {
        /// <summary>Those of them that the servers answered, by endpoint: they are in what a server counts as received.</summary>
        public IReadOnlyDictionary<string, int> Reconnects { get; init; } = new Dictionary<string, int>();
    }
}
