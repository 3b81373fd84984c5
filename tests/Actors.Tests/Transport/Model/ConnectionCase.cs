using System.Collections.Immutable;
using ActorLoad.Transport;

namespace ActorLoad.Actors.Tests.Transport.Model;

/// <summary>Where a connection goes.</summary>
internal enum TargetKind
{
    /// <summary>To a peer that follows its script.</summary>
    Listening,

    /// <summary>To a port on which nobody listens.</summary>
    Refusing,

    /// <summary>To a listener whose queue is full: its SYN stays unanswered.</summary>
    Silent,
}

/// <summary>What the owner asks of its link.</summary>
internal enum OperationKind
{
    Connect,
    Exchange,

    /// <summary>An exchange whose command is larger than a socket's buffers.</summary>
    LongExchange,

    /// <summary>A receive with a deadline of its own.</summary>
    Receive,

    /// <summary>A receive under the deadline of the operation before.</summary>
    GoOn,
}

/// <summary>How long after the last operation began its owner closes the link.</summary>
internal enum Interruption
{
    /// <summary>It waits for the answer.</summary>
    None,
    InTheSameTurn,
    InTheNextTurn,
    FromAnotherThread,
}

/// <summary>One operation. A brief one's deadline passes as soon as it has begun: either comes first, its answer or its deadline.</summary>
internal sealed record Operation(OperationKind Kind, bool IsBrief)
{
    public override string ToString() => $"{Kind}{(IsBrief ? "!" : "")}";
}

/// <summary>A connection from its opening to its close.</summary>
internal sealed record ConnectionCase(
    TargetKind Target, PeerScript Peer, SocketSettings Socket, bool IsBriefConnect, ImmutableArray<Operation> Operations, Interruption Interruption)
{
    public override string ToString() =>
        $"{Target} {Peer} {Socket.Close} {Socket.Ports} {Socket.ReceiveBuffer}: Connect{(IsBriefConnect ? "!" : "")} "
        + $"{string.Join(' ', Operations)}{(Interruption == Interruption.None ? "" : $" closed {Interruption}")}";
}

/// <summary>Chains of connections: each begins when the one before it in its chain is closed, and all chains run at once.</summary>
internal sealed record StormCase(ImmutableArray<ImmutableArray<ConnectionCase>> Chains)
{
    public override string ToString() =>
        string.Concat(Chains.Select(chain => "\n  chain" + string.Concat(chain.Select(connection => $"\n    {connection}"))));
}
