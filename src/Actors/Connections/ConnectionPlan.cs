using ActorLoad.Metrics;
using ActorLoad.Transport;

namespace ActorLoad.Connections;

/// <summary>What all connections of a lane share.</summary>
/// <param name="Lane">Where they are counted, and where they connect.</param>
/// <param name="Loop">Their loop.</param>
/// <param name="Session">What they say.</param>
/// <param name="Socket">Their socket's options.</param>
/// <param name="ConnectDeadline">How long a connect may take.</param>
/// <param name="ReplyDeadline">How long a reply may take.</param>
/// <param name="SendDeadline">How long commands have to leave that nobody answers, if there is no hold.</param>
/// <param name="HoldDeadline">How long they stay open after the script; null closes at once.</param>
/// <param name="Words">How words of the server are kept.</param>
internal sealed record ConnectionPlan(
    LaneRecord Lane, TransportLoop Loop, Session Session, SocketSettings Socket,
    DeadlineQueue ConnectDeadline, DeadlineQueue ReplyDeadline, DeadlineQueue SendDeadline, DeadlineQueue? HoldDeadline, ServerWords Words)
{
    private static readonly TimeSpan ToSend = TimeSpan.FromMilliseconds(10);

    /// <summary>The plan for <paramref name="settings"/> on <paramref name="loop"/>.</summary>
    public static ConnectionPlan For(LaneRecord lane, TransportLoop loop, ConnectionSettings settings, Session session) => new(
        lane, loop, session, settings.Socket, loop.Deadline(settings.ConnectTimeout), loop.Deadline(settings.ReplyTimeout), loop.Deadline(ToSend),
        settings.Hold > TimeSpan.Zero ? loop.Deadline(settings.Hold) : null, settings.Words ?? new ServerWords([.. session.Setup.Secrets, .. session.Script.Secrets]));
}
