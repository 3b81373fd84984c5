using ActorLoad.Metrics;
using ActorLoad.Resp;
using ActorLoad.Transport;

namespace ActorLoad.Connections;

/// <summary>Where one connection stands in its session: the step that it sends next or has sent, and the replies to it.</summary>
/// <param name="session">The session; the cursor begins with its setup.</param>
/// <param name="entry">The connection.</param>
/// <param name="words">Keeps the words of the server.</param>
internal struct SessionCursor(Session session, ConnectionRecord entry, ServerWords words)
{
    private Dialogue _dialogue;
    private Script _script = session.Setup;
    private int _step;

    /// <summary>True while the setup, or the script, has another step.</summary>
    public readonly bool HasNext => _step < _script.Count;

    /// <summary>True if no step follows the present one.</summary>
    public readonly bool IsLast => _step == _script.Count - 1;

    /// <summary>True if a reply to the present step must come.</summary>
    public readonly bool AwaitsReply => _script.Expected(_step).Replies > 0;

    /// <summary>The fault in the bytes of a server that says no more; More if there is none.</summary>
    public readonly Turn Rest => _dialogue.Rest;

    /// <summary>The setup is over: the script begins.</summary>
    public void BeginScript() => (_script, _step) = (session.Script, 0);

    /// <summary>The present step has its replies.</summary>
    public void Advance() => _step++;

    /// <summary>Sends the present step.</summary>
    public void Send(Link link, DeadlineQueue deadline)
    {
        var command = link.Outgoing(_script.MaxLength(_step));
        var length = _script.Write(_step, entry.Share.Burst, entry.Client, command);
        _dialogue.Begin(_script.Expected(_step));
        link.Exchange(length, deadline);
    }

    /// <summary>Takes what came after the present step was sent.</summary>
    /// <param name="bytes">At least one.</param>
    /// <param name="isBeforeHold">No step follows, and the connection is held.</param>
    public Turn Take(ReadOnlySpan<byte> bytes, bool isBeforeHold) => _dialogue.Take(bytes, Sent(_step), isBeforeHold, words);

    /// <summary>Takes what came while the connection holds.</summary>
    public Turn TakeInHold(ReadOnlySpan<byte> bytes) => _script.Count == 0
        ? _dialogue.Take(bytes, words) : _dialogue.Take(bytes, Sent(_script.Count - 1), isLast: true, words);

    /// <summary>The failure that a turn means.</summary>
    public readonly ConnectionFailedException Failure(Turn turn) => turn switch
    {
        Turn.Rejected => new RejectedException(entry, _dialogue.ErrorPrefix),
        Turn.Echoed => new ProtocolErrorException(entry, StrangeReply.Echo),
        Turn.Unasked => new ProtocolErrorException(entry, StrangeReply.Unasked),
        _ => new ProtocolErrorException(entry, PeerName.Describe(_dialogue.Strange, words)),
    };

    private readonly SentStep Sent(int step) => new(_script, step, entry.Share.Burst, entry.Client)
    {
        Before = ReferenceEquals(_script, session.Setup) ? null : session.Setup,
    };
}
