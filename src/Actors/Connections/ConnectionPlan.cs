using ActorLoad.Metrics;
using ActorLoad.Transport;
using ActorLoad.Transport.Tls;

namespace ActorLoad.Connections;

/// <summary>The parts that all connections of a lane share.</summary>
/// <param name="Lane">Counts the connections, and knows their endpoints.</param>
/// <param name="Loop">The lane's loop.</param>
/// <param name="Session">The commands to send.</param>
/// <param name="Socket">Options of each socket.</param>
/// <param name="ConnectDeadline">Time limit of a connect.</param>
/// <param name="ReplyDeadline">Time limit of a reply.</param>
/// <param name="SendDeadline">Time for last commands without a reply to leave, if there is no hold.</param>
/// <param name="HoldDeadline">Length of the hold after the script; null closes at once.</param>
/// <param name="KeptDeadline">For a connection of a population, which is told to close: beyond any run.</param>
/// <param name="Words">Hides secrets in the server's words.</param>
internal sealed record ConnectionPlan(
    LaneRecord Lane, TransportLoop Loop, Session Session, SocketSettings Socket,
    DeadlineQueue ConnectDeadline, DeadlineQueue ReplyDeadline, DeadlineQueue SendDeadline, DeadlineQueue? HoldDeadline,
    DeadlineQueue KeptDeadline, ServerWords Words)
{
    /// <summary>Opens links that speak TLS; null if connections do not.</summary>
    public TlsClient? Tls { get; init; }

    private static readonly TimeSpan LongerThanAnyRun = TimeSpan.FromDays(10 * 365);
    private static readonly TimeSpan ToSend = TimeSpan.FromMilliseconds(10);

    /// <summary>Parts from the server; null if a close is all.</summary>
    public Farewell? Farewell { get; init; }

    /// <summary>The step with which a connection begins.</summary>
    public ConnectionStep First => field ??= ConnectionStep.For(this);

    /// <summary>The script, with which a connection that is open goes on.</summary>
    public UseStep Use => field ??= new UseStep(this);

    /// <summary>How long a connection holds; null if it does not. A kept one holds until it is told to close.</summary>
    public DeadlineQueue? HoldOf(ConnectionRecord entry) =>
        entry.Share.Population is null ? HoldDeadline : entry.IsRetired ? null : KeptDeadline;

    /// <summary>True if nothing follows the work of a connection but its close.</summary>
    public bool IsCloseAll => Farewell is null && Lane.Pool is null;

    /// <summary>Ticks from a reply to the PING of a connection that holds; 0 if it sends none.</summary>
    public long PingEvery { get; init; }

    /// <summary>The plan for <paramref name="settings"/> on <paramref name="loop"/>.</summary>
    public static ConnectionPlan For(LaneRecord lane, TransportLoop loop, ConnectionSettings settings, Session session)
    {
        var words = settings.Words ?? new ServerWords([.. session.Setup.Secrets, .. session.Script.Secrets]);
        var tls = session.Tls is { } speaks ? new TlsClient(loop, speaks, words) : null;
        var socket = settings.Socket;
        return new ConnectionPlan(
            lane, loop, session,
            tls is null ? socket : socket with { ReceiveBuffer = Math.Max(socket.ReceiveBuffer, TlsClient.LeastReceive) },
            loop.Deadline(settings.ConnectTimeout), loop.Deadline(settings.ReplyTimeout), loop.Deadline(ToSend),
            settings.Hold > TimeSpan.Zero ? loop.Deadline(settings.Hold) : null, loop.Deadline(LongerThanAnyRun), words)
        {
            Tls = tls,
            Farewell = Farewell.For(settings, loop, speaksTls: tls is not null),
            PingEvery = loop.ToTicks(settings.PingEvery),
        };
    }
}
