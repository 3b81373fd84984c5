using ActorLoad.Transport;

namespace ActorLoad.Connections;

/// <summary>The receive that is under way while a connection has nothing to say. What the server does is noticed when it happens.</summary>
internal struct Listening
{
    private Action<ConnectionActor>? _next;

    /// <summary>Begins, unless a receive is under way already, which goes on.</summary>
    public void Begin(Link link, DeadlineQueue until)
    {
        _next = null;
        if (!link.IsPending)
        {
            link.Receive(until);
        }
    }

    /// <summary>What the connection does next: at once, beside the receive; or after what it has received, which is on its way.</summary>
    public void Then(ConnectionActor connection, Action<ConnectionActor> next)
    {
        if (connection.Link.IsPending)
        {
            next(connection);
        }
        else
        {
            _next = next;
        }
    }

    /// <summary>What was received has been taken.</summary>
    public void GoOn(ConnectionActor connection)
    {
        if (_next is { } next)
        {
            _next = null;
            next(connection);
        }
        else
        {
            connection.Link.Receive(null); // until the same deadline
        }
    }
}
