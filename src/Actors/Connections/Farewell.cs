using ActorLoad.Metrics;
using ActorLoad.Resp;
using ActorLoad.Transport;

namespace ActorLoad.Connections;

/// <summary>How a connection with a finished script parts from its server, where that is more than a close. All connections of a lane share
/// it.</summary>
/// <param name="limit">How long it may take.</param>
internal abstract class Farewell(DeadlineQueue limit)
{
    /// <summary>The time limit of the whole.</summary>
    protected DeadlineQueue Limit => limit;

    // A record of TLS, 16 KiB, is read whole, and a receive of 4 KiB may end in the next one.
    private const int MostOfOneTlsReceive = 20 * 1024;

    /// <summary>What a run's settings ask for; null if a close is all.</summary>
    public static Farewell? For(ConnectionSettings settings, TransportLoop loop, bool speaksTls) => settings.Socket.Close switch
    {
        CloseMode.Quit => new QuitFarewell(loop.Deadline(settings.CloseTimeout)),
        CloseMode.HalfClose => new HalfCloseFarewell(loop.Deadline(settings.CloseTimeout)),
        CloseMode.Abandon => new AbandonFarewell(
            loop.Deadline(settings.CloseTimeout), speaksTls ? MostOfOneTlsReceive : settings.Socket.ReceiveBuffer),
        _ => null,
    };

    /// <summary>Begins. An operation of the link is under way then.</summary>
    public abstract void Begin(Link link);

    /// <summary>The server has sent bytes. Null to wait for more of them, or for its FIN.</summary>
    public virtual CloseEnd? EndOfBytes => null;

    /// <summary>The operation has failed; null if that is not the connection's own end.</summary>
    public static CloseEnd? EndOf(LinkFault fault) => fault switch
    {
        LinkFault.PeerClosed or LinkFault.TlsFailed => CloseEnd.PeerFinished, // an alert, and the FIN after it
        LinkFault.TimedOut or LinkFault.Unanswered => CloseEnd.TimedOut,
        LinkFault.Reset => CloseEnd.PeerReset,
        _ => null,
    };
}

/// <summary>QUIT, then the server's FIN.</summary>
internal sealed class QuitFarewell(DeadlineQueue limit) : Farewell(limit)
{
    private static readonly byte[] Quit = RespCommand.Encode("QUIT");

    public override void Begin(Link link)
    {
        Quit.CopyTo(link.Outgoing(Quit.Length));
        link.Exchange(Quit.Length, Limit);
    }
}

/// <summary>Our FIN, then the server's.</summary>
internal sealed class HalfCloseFarewell(DeadlineQueue limit) : Farewell(limit)
{
    public override void Begin(Link link) => link.Finish(Limit);
}

/// <summary>A PING with a payload whose reply does not fit into one receive: the rest stays unread.</summary>
internal sealed class AbandonFarewell(DeadlineQueue limit, int receiveBuffer) : Farewell(limit)
{
    private readonly byte[] _ping = RespCommand.Encode("PING", new string('x', 2 * receiveBuffer));

    public override CloseEnd? EndOfBytes => CloseEnd.Unread;

    public override void Begin(Link link)
    {
        _ping.CopyTo(link.Outgoing(_ping.Length));
        link.Exchange(_ping.Length, Limit);
    }
}
