using ActorLoad.Metrics;
using Akka.Actor;
using Akka.Event;

namespace ActorLoad.Transport;

/// <summary>Why an operation on a link failed.</summary>
public enum LinkFault
{
    /// <summary>ECONNREFUSED.</summary>
    Refused,

    /// <summary>ECONNRESET, EPIPE: a RST.</summary>
    Reset,

    /// <summary>The deadline passed.</summary>
    TimedOut,

    /// <summary>The kernel gave up (ETIMEDOUT): no answer to the SYN or to our data.</summary>
    Unanswered,

    /// <summary>The peer sent FIN.</summary>
    PeerClosed,

    /// <summary>EHOSTUNREACH, ENETUNREACH and kin.</summary>
    Unreachable,

    /// <summary>EMFILE, ENFILE, EADDRNOTAVAIL, EADDRINUSE, ENOBUFS: a limit of this machine.</summary>
    LocalExhausted,

    /// <summary>The TLS handshake failed, or an alert ended the connection; the detail says why.</summary>
    TlsFailed,

    /// <summary>The loop itself has failed: see <see cref="LoopFailedException"/>.</summary>
    LoopFailed,

    /// <summary>Another fault: a bug, or an error number that is new to us.</summary>
    Unknown,
}

/// <summary>What the peer had done to a connection when we closed it.</summary>
public enum PeerEnd
{
    /// <summary>Nothing, or unknown.</summary>
    None,

    /// <summary>It had sent FIN.</summary>
    Finished,

    /// <summary>It had sent RST: our close sends nothing.</summary>
    Reset,
}

/// <summary>
/// One connection on a <see cref="TransportLoop"/>, owned by one actor of that loop. At most one operation is under way; each ends as
/// exactly one message to the owner: <see cref="Connected"/>, <see cref="Received"/> or <see cref="LinkFailed"/>. After
/// <see cref="Close"/> no message comes. A link is never used again: a message that names another link than the owner's is stale.
/// </summary>
/// <remarks>All members belong to the loop's thread. Buffers belong to the transport; a span is valid until the next operation.</remarks>
public abstract class Link
{
    /// <summary>When the SYN, or the command of the last exchange, was handed to the kernel, as a time stamp of the loop's clock.</summary>
    public long SentAt { get; protected set; }

    /// <summary>When the last operation ended, as a time stamp of the loop's clock.</summary>
    public long CompletedAt { get; protected set; }

    /// <summary>What the last receive brought; empty until <see cref="Received"/>.</summary>
    public abstract ReadOnlySpan<byte> Incoming { get; }

    /// <summary>When the operation under way must have ended; meaningful while <see cref="Queue"/> is set.</summary>
    internal long Due { get; set; }

    /// <summary>The queue that watches the operation under way.</summary>
    internal DeadlineQueue? Queue { get; set; }

    /// <summary>Neighbour in <see cref="Queue"/>.</summary>
    internal Link? Earlier { get; set; }

    /// <summary>Neighbour in <see cref="Queue"/>.</summary>
    internal Link? Later { get; set; }

    /// <summary>True if bytes wait for the next operation to be sent with.</summary>
    public virtual bool HasUnsent => false;

    /// <summary>Carries out the TLS handshake: ends as <see cref="Secured"/> or LinkFailed. Only for a link that speaks TLS.</summary>
    /// <param name="deadline">How long each answer of the server may take.</param>
    public virtual void Secure(DeadlineQueue deadline) => throw new NotSupportedException("this link does not speak TLS");

    /// <summary>Room for the bytes of the next <see cref="Exchange"/>.</summary>
    public abstract Span<byte> Outgoing(int size);

    /// <summary>True while an operation is under way. False once its message was sent, whether or not the owner has handled it.</summary>
    public abstract bool IsPending { get; }

    /// <summary>True once its socket is closed: if something was under way, some time after <see cref="Close"/>.</summary>
    public abstract bool IsClosed { get; }

    /// <summary>Sends the first <paramref name="size"/> outgoing bytes, then receives: ends as Received or LinkFailed. A receive that is
    /// under way goes on and takes the reply.</summary>
    public abstract void Exchange(int size, DeadlineQueue deadline);

    /// <summary>Sends FIN, then receives: ends as Received or LinkFailed. A receive that is under way goes on.</summary>
    public abstract void Finish(DeadlineQueue deadline);

    /// <summary>Receives: ends as Received or LinkFailed. Null keeps the deadline of the operation before, so that a reply in
    /// parts has one deadline.</summary>
    public abstract void Receive(DeadlineQueue? deadline);

    /// <summary>What the peer has done so far to an established connection. A system call.</summary>
    public abstract PeerEnd Look();

    /// <summary>Closes as the socket settings say, whatever is under way. Safe to call again.</summary>
    public abstract void Close();

    /// <summary>Closes with a RST, whatever the settings say and whatever is under way; before it returns, if nothing is.</summary>
    public abstract void Reset();

    /// <summary>Closes at once and tells what the peer had done by then. That costs a system call: only for connections that end otherwise
    /// than they should.</summary>
    public virtual PeerEnd CloseAndTell()
    {
        Close();
        return PeerEnd.None;
    }

    /// <summary>The deadline of the operation under way has passed: it ends as LinkFailed(TimedOut).</summary>
    protected internal abstract void Expire();
}

/// <summary>The link is established.</summary>
public sealed record Connected(Link Link) : IDeadLetterSuppression, INoSerializationVerificationNeeded;

/// <summary>The TLS handshake is over.</summary>
/// <param name="Link">Which link.</param>
/// <param name="IsResumed">The server resumed an earlier session.</param>
public sealed record Secured(Link Link, bool IsResumed) : IDeadLetterSuppression, INoSerializationVerificationNeeded;

/// <summary>Bytes have come: <see cref="Link.Incoming"/>, at least one.</summary>
public sealed record Received(Link Link) : IDeadLetterSuppression, INoSerializationVerificationNeeded;

/// <summary>The operation under way has failed; the link can only be closed now.</summary>
/// <param name="Link">Which link.</param>
/// <param name="Fault">Why.</param>
/// <param name="Detail">The error's own name, when the fault is unknown; the reason of TLS.</param>
public sealed record LinkFailed(Link Link, LinkFault Fault, string Detail = "")
    : IDeadLetterSuppression, INoSerializationVerificationNeeded;

/// <summary>What a link is opened with.</summary>
/// <param name="Target">Where to.</param>
/// <param name="Socket">Options, set before the connect.</param>
/// <param name="Deadline">How long the connect may take.</param>
public readonly record struct LinkRequest(Endpoint Target, SocketSettings Socket, DeadlineQueue Deadline);
