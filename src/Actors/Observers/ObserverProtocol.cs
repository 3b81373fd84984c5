using ActorLoad.Observers.Bystanders;
using ActorLoad.Observers.Kernel;
using ActorLoad.Observers.Server;
using Akka.Actor;

namespace ActorLoad.Observers;

/// <summary>Messages between a run and its observers. An observer begins to watch when it is made, and answers each step once. An observer
/// that can see nothing answers too: its ledger is null, and the reason is among what was not seen.</summary>
public static class ObserverProtocol
{
    /// <summary>To the parent: the baseline is taken, or cannot be. The storm may begin.</summary>
    public sealed record ObserverReady(string Observer);

    /// <summary>The storm begins: counts and times of the run start here.</summary>
    public sealed record StormBegins : INoSerializationVerificationNeeded
    {
        /// <summary>The only instance.</summary>
        public static StormBegins Instance { get; } = new();
    }

    /// <summary>The last connection has ended. Take the last reading and answer with the ledger. A bystander first goes on until it has
    /// recovered or its time is up.</summary>
    public sealed record StormEnded : INoSerializationVerificationNeeded
    {
        /// <summary>The only instance.</summary>
        public static StormEnded Instance { get; } = new();
    }

    /// <summary>Answer now with the ledger as it is: the run was stopped, or the wait was too long.</summary>
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
    /// <param name="Servers">In the order of the target's addresses, without servers that never answered.</param>
    /// <param name="Kernel">Null if it was not seen.</param>
    /// <param name="Bystander">Null if there was none, or none of its PINGs was answered.</param>
    /// <param name="OwnConnections">Connections that observers opened while the storm was on.</param>
    /// <param name="Unseen">What could not be seen, and why, in sentences.</param>
    public sealed record RunObserved(
        IReadOnlyList<ServerLedger> Servers, KernelLedger? Kernel, BystanderLedger? Bystander, int OwnConnections,
        IReadOnlyList<string> Unseen) : INoSerializationVerificationNeeded
    {
        /// <summary>The answer for a run without observers.</summary>
        public static RunObserved Nothing { get; } = new([], null, null, 0, []);
    }

    /// <summary>The kernel's ledger; the observer stops itself.</summary>
    public sealed record KernelObserved(KernelLedger? Ledger, IReadOnlyList<string> Unseen) : INoSerializationVerificationNeeded;

    /// <summary>One server's ledger; the observer stops itself.</summary>
    /// <param name="Index">Its place among the target's addresses.</param>
    /// <param name="Ledger">What it counted; null if it never answered.</param>
    /// <param name="OwnConnections">Connections that the observer opened to this server while the storm was on (reconnects), and that are
    /// in the kernel's counts.</param>
    /// <param name="Unseen">What could not be seen.</param>
    public sealed record ServerObserved(int Index, ServerLedger? Ledger, int OwnConnections, IReadOnlyList<string> Unseen)
        : INoSerializationVerificationNeeded;

    /// <summary>The bystander's ledger; the observer stops itself.</summary>
    /// <param name="Ledger">What its PINGs felt; null if none was ever answered.</param>
    /// <param name="OwnConnections">Connects that it began while the storm was on (reconnects). Each is one SYN or more in the kernel's
    /// counts. Connections from before the storm are not among them.</param>
    /// <param name="Unseen">What could not be seen.</param>
    public sealed record BystanderObserved(BystanderLedger? Ledger, int OwnConnections, IReadOnlyList<string> Unseen)
        : INoSerializationVerificationNeeded
    {
        /// <summary>How many of these connects the servers answered, by endpoint. A server counts them as received.</summary>
        public IReadOnlyDictionary<string, int> Reconnects { get; init; } = new Dictionary<string, int>();
    }
}
