using ActorLoad.Metrics;
using ActorLoad.Transport;
using static ActorLoad.Connections.ConnectionProtocol;

namespace ActorLoad.Connections;

/// <summary>The time of a connection between two uses, in a pool. It listens all the while.</summary>
/// <remarks><code>
/// Idle: Borrow -> Using, for the record of a later burst; after long idleness through Testing: PING
///   the server ends it, or says what nothing asked for -> out of the pool, closed, ended; if a use waits for it already: Opening
/// Testing, and Using before the first reply: the server had ended it -> Opening, for the same record
/// </code></remarks>
/// <param name="connection">Which connection.</param>
internal sealed class PooledTime(ConnectionActor connection)
{
    private static readonly ConnectionActor.State Idle = static (self, message) => self.Pooled.WhileIdle(message);
    private static readonly ConnectionActor.State Testing = static (self, message) => self.Pooled.WhileTesting(message);

    private Listening _listening;
    private LanePool.Place? _place;
    private bool _isLost;

    private LaneRecord Lane => connection.Plan.Lane;

    private Link Link => connection.Link;

    /// <summary>True if a failure means that the server had closed a borrowed connection before, which we may only learn from our first
    /// command.</summary>
    public static bool IsStale(ConnectionRecord entry, LinkFault fault) =>
        entry is { IsBorrowed: true, Timings.FirstReply: 0 } && fault is LinkFault.PeerClosed or LinkFault.Reset;

    /// <summary>Ends the use, and stays. False if the connection has to close.</summary>
    public bool TryBegin()
    {
        _place = Lane.TryKeep(connection.Ref, Link, connection.Entry);
        if (_place is null)
        {
            return false;
        }

        _isLost = false;
        connection.EndUse();
        connection.Become(Idle);
        _listening.Begin(Link, connection.Plan.KeptDeadline);
        return true;
    }

    /// <summary>A new link takes the place of a borrowed one that is stale.</summary>
    public void Replace()
    {
        var end = Link.Look();
        Link.Reset();
        Lane.Replace(connection.Entry, end);
        connection.Plan.First.Begin(connection);
    }

    private void WhileIdle(object message)
    {
        switch (message)
        {
            case Borrow borrow: HandleBorrow(borrow); break;
            case Received received when received.Link == Link: Listen(); break;
            case LinkFailed failed when failed.Link == Link: Lose(LanePool.EndOf(failed.Fault)); break;
            case IdleOver: connection.EndIdle(); break;
            case Cancel or Retire when !connection.HasEntry: break; // the pool closes it
            default: connection.HandleOther(message); break;
        }
    }

    private void WhileTesting(object message)
    {
        switch (message)
        {
            case Received received when received.Link == Link: HandleTested(); break;
            case LinkFailed { Fault: LinkFault.TimedOut or LinkFault.Unanswered } silent when silent.Link == Link: Replace(); break;
            case LinkFailed failed when failed.Link == Link && IsStale(connection.Entry, failed.Fault): Replace(); break;
            case LinkFailed failed when failed.Link == Link: throw connection.FailInUse(failed);
            default: connection.HandleOther(message); break;
        }
    }

    private void HandleBorrow(Borrow borrow)
    {
        connection.Entry = borrow.Entry;
        Lane.Borrow(borrow.Entry);
        if (_isLost || Link.Look() != PeerEnd.None)
        {
            Replace();
        }
        else
        {
            _listening.Then(connection, borrow.IsTested ? static self => self.Pooled.Test() : static self => self.Pooled.Reuse());
        }
    }

    private void Listen()
    {
        if (connection.Cursor.TakeInHold(Link.Incoming) is Turn.More or Turn.Answered)
        {
            _listening.GoOn(connection);
        }
        else
        {
            Lose(PoolEnd.Unasked);
        }
    }

    // If it was lent or closed just now, the message about that is on its way here.
    private void Lose(PoolEnd why)
    {
        if (connection.HasEntry)
        {
            Replace();
        }
        else if (Lane.Pool!.TryLose(_place!, why))
        {
            connection.EndIdle();
        }
        else
        {
            _isLost = true;
        }
    }

    private void Test()
    {
        connection.Become(Testing);
        connection.Cursor.Renew(connection.Entry);
        connection.Cursor.SendPing(Link, connection.Plan.ReplyDeadline);
    }

    private void HandleTested()
    {
        switch (connection.Cursor.Take(Link.Incoming, isBeforeHold: false))
        {
            case Turn.Answered: Reuse(); break;
            case Turn.More: Link.Receive(null); break; // one deadline for all parts of a reply
            default: Replace(); break;
        }
    }

    private void Reuse()
    {
        connection.Entry.Timings.Connected = connection.Plan.Loop.Now;
        connection.Cursor.Renew(connection.Entry);
        connection.Plan.Use.Begin(connection);
    }
}
