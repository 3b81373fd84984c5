using ActorLoad.Metrics;
using ActorLoad.Transport;
using static ActorLoad.Connections.ConnectionProtocol;

namespace ActorLoad.Connections;

/// <summary>The end of a connection that has done its work, where <c>connection.close</c> waits for the server.</summary>
/// <remarks><code>
/// Closing: the server's reply, FIN or RST, the limit, or Cancel -> ended (succeeded), whatever comes
/// </code></remarks>
/// <param name="connection">Which connection.</param>
internal sealed class Parting(ConnectionActor connection)
{
    private static readonly ConnectionActor.State Closing = static (self, message) => self.Parting.WhileClosing(message);

    private Farewell? _farewell;
    private long _since;

    private Link Link => connection.Link;

    /// <summary>Begins. No message of the link is on its way.</summary>
    public void Begin(Farewell farewell)
    {
        connection.Become(Closing);
        (_farewell, _since) = (farewell, connection.Plan.Loop.Now);
        farewell.Begin(Link);
    }

    private void WhileClosing(object message)
    {
        switch (message)
        {
            case Received received when received.Link == Link: HandleReceived(); break;
            case LinkFailed failed when failed.Link == Link: HandleClosed(failed); break;
            case Cancel: Leave(CloseEnd.CutOff, connection.Plan.Loop.Now); break;
            default: connection.HandleOther(message); break;
        }
    }

    private void HandleReceived()
    {
        if (_farewell!.EndOfBytes is { } end)
        {
            Leave(end, Link.CompletedAt);
        }
        else
        {
            Link.Receive(null); // one deadline for all
        }
    }

    private void HandleClosed(LinkFailed failed) =>
        Leave(Farewell.EndOf(failed.Fault) ?? throw connection.Fail(failed, isOpening: false), Link.CompletedAt);

    // However it parts, it has done its work.
    private void Leave(CloseEnd end, long at)
    {
        LaneRecord.Part(connection.Entry, end, _since, at);
        if (end == CloseEnd.TimedOut)
        {
            Link.Reset();
        }

        connection.End(Outcome.Succeeded);
    }
}
