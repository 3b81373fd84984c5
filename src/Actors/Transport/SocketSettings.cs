using System.Collections.Immutable;
using ActorLoad.Metrics;

namespace ActorLoad.Transport;

/// <summary>How a connection is closed (<c>connection.close</c>).</summary>
public enum CloseMode
{
    /// <summary>Linger zero: RST, nothing stays in TIME_WAIT.</summary>
    Abort,

    /// <summary>FIN: the side that closes first, ours, keeps TIME_WAIT for 60 s.</summary>
    Graceful,

    /// <summary>QUIT: the server closes first, and keeps TIME_WAIT.</summary>
    Quit,

    /// <summary>A last command whose reply is not read, then RST.</summary>
    Abandon,

    /// <summary>FIN while we go on reading, until the server's FIN. TIME_WAIT is ours.</summary>
    HalfClose,
}

/// <summary>How a connection's local port is chosen (<c>connection.ports</c>).</summary>
public enum PortChoice
{
    /// <summary>We do: the port that has been free for longest, else the next of the range. No search, even past half the range.</summary>
    Slot,

    /// <summary>The kernel chooses, for each connect.</summary>
    Kernel,
}

/// <summary>Options set on each socket before it connects (<c>connection.close</c>, <c>.keep-alive</c>, <c>.no-delay</c>).</summary>
/// <param name="Close">Abort and abandon set linger zero before the connect.</param>
/// <param name="KeepAlive">SO_KEEPALIVE.</param>
/// <param name="NoDelay">TCP_NODELAY.</param>
/// <param name="ReceiveBuffer">Bytes that one receive takes at most; longer replies take several.</param>
/// <param name="Ports">How the local port is chosen.</param>
public sealed record SocketSettings(CloseMode Close, bool KeepAlive, bool NoDelay, int ReceiveBuffer, PortChoice Ports = PortChoice.Kernel)
{
    /// <summary>The addresses that connections come from; null leaves that to the route.</summary>
    public SourceAddresses? Sources { get; init; }

    /// <summary>Further options; empty leaves them to the kernel.</summary>
    public ImmutableArray<SocketOption> Options { get; init; } = [];

    /// <summary>Writes down the local ports of a fleet; null in a run of one fleet.</summary>
    public FleetPorts.PortOwner? Owner { get; init; }

    /// <summary>Writes down that a connection to <paramref name="target"/> has this local port now.</summary>
    internal void NoteOwner(Endpoint target, int port)
    {
        if (Owner is { } owner && target.Address is { } address)
        {
            owner.Took(address, port);
        }
    }

    /// <summary>True if the close of a socket sends RST.</summary>
    internal bool IsAbortive => Close is CloseMode.Abort or CloseMode.Abandon;
}

/// <summary>Which transport carries the connections (<c>transport.kind</c>).</summary>
public enum TransportKind
{
    /// <summary>The fastest that this machine offers.</summary>
    Auto,

    /// <summary>System.Net.Sockets: portable.</summary>
    Sockets,

    /// <summary>An io_uring loop: Linux 6.1 or later, where it is allowed.</summary>
    IoUring,
}

/// <summary>The choice of transport (<c>actorload.transport</c>).</summary>
/// <param name="Kind">The transport.</param>
/// <param name="Loops">Event loops, each with one lane; null leaves it to the transport (<c>auto</c>).</param>
public sealed record TransportSettings(TransportKind Kind, int? Loops)
{
    /// <summary>Most loops that a run may have.</summary>
    public const int Limit = 64;

    /// <summary>Most loops that this run may have, <c>auto</c> or not: fewer than <see cref="Limit"/> if it came over the API.</summary>
    public int MostLoops { get; init; } = Limit;
}
