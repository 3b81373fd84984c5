using ActorLoad.Metrics;
using ActorLoad.Resp;
using ActorLoad.Transport;

namespace ActorLoad.Connections;

/// <summary>What a connection does next.</summary>
internal enum NextStep
{
    /// <summary>Sends commands, and waits for replies.</summary>
    Exchange,

    /// <summary>Sends its last commands, which have no reply.</summary>
    LastWords,

    /// <summary>Pauses before the next commands.</summary>
    Thought,

    /// <summary>Has sent all.</summary>
    End,
}

/// <summary>Where one connection stands in its session: the exchange that it sends next or has sent, and the replies to it.</summary>
/// <param name="session">The session; the cursor begins with its setup.</param>
/// <param name="entry">The connection.</param>
/// <param name="words">Keeps the words of the server.</param>
internal struct SessionCursor(Session session, ConnectionRecord entry, ServerWords words)
{
    private Dialogue _dialogue;
    private ScriptUse _use = session.Setup.First;
    private Exchange[] _part = session.Setup.First.Part(0);
    private int _number; // of the part
    private int _step;
    private Exchange? _sent;
    private Exchange? _before;
    private int _commands; // sent before the exchange in _sent
    private bool _isLater;
    private bool _hasThought;

    /// <summary>What the setup, or the script, does next.</summary>
    public readonly NextStep Next => _step == _part.Length ? NextStep.End
        : session.Script.Think is not null && !_hasThought && _isLater && (_step > 0 || _number > 0) ? NextStep.Thought
        : _part[_step].AwaitsReply ? NextStep.Exchange : NextStep.LastWords;

    /// <summary>True if no exchange follows the present one.</summary>
    public readonly bool IsLast => _step == _part.Length - 1 && _number >= _use.Parts - 1;

    /// <summary>True if the script has been sent, and is sent again.</summary>
    public readonly bool IsBetweenRounds => _step == 0 && _number > 0;

    /// <summary>The fault in the bytes of a server that says no more; More if there is none.</summary>
    public readonly Turn Rest => _dialogue.Rest;

    private readonly Sender Sender => new(entry.Share.Burst, entry.Client)
    {
        Connection = entry.Share.Turn + entry.Client,
        Attempt = entry.FailedAttempts,
        Command = _commands,
        Seed = session.Seed,
        Fleet = session.Fleet,
        Slots = entry.Slots,
    };

    private readonly SentStep Sent => new(_sent!, Sender) { Before = _before };

    /// <summary>The connection is open, and another client takes it over: its script comes next.</summary>
    public void Renew(ConnectionRecord client) => (entry, _sent, _before, _commands) = (client, null, null, 0);

    /// <summary>Begins the script, for the first time or again on the same connection.</summary>
    public void BeginScript()
    {
        _use = _isLater ? session.Script.Later : session.Script.First;
        (_part, _number, _step, _isLater) = (_use.Part(0), 0, 0, true);
    }

    /// <summary>The present exchange has its replies.</summary>
    public void Advance()
    {
        _step++;
        if (_step == _part.Length && _number + 1 < _use.Parts)
        {
            (_part, _step) = (_use.Part(++_number), 0);
        }
    }

    /// <summary>Begins to think, and tells how long.</summary>
    public TimeSpan Think()
    {
        _hasThought = true;
        return session.Script.Think!.Before(Sender);
    }

    /// <summary>Sends the present exchange.</summary>
    public void Send(Link link, DeadlineQueue deadline) => Send(_part[_step], link, deadline);

    /// <summary>Sends PING to a connection that holds, beside its receive, or that is idle. <see cref="Take"/> takes the reply.</summary>
    public void SendPing(Link link, DeadlineQueue deadline) => Send(session.Ping!, link, deadline);

    /// <summary>Takes what came after the present exchange was sent.</summary>
    /// <param name="bytes">At least one.</param>
    /// <param name="isBeforeHold">No exchange follows, and the connection is held.</param>
    public Turn Take(ReadOnlySpan<byte> bytes, bool isBeforeHold) => _dialogue.Take(bytes, Sent, isBeforeHold, words);

    /// <summary>Takes what came while the connection holds.</summary>
    public Turn TakeInHold(ReadOnlySpan<byte> bytes) =>
        _sent is null ? _dialogue.Take(bytes, words) : _dialogue.Take(bytes, Sent, isLast: true, words);

    /// <summary>The failure that a turn means.</summary>
    public readonly ConnectionFailedException Failure(Turn turn) => turn switch
    {
        Turn.Rejected => new RejectedException(entry, _dialogue.ErrorPrefix),
        Turn.Echoed => new ProtocolErrorException(entry, StrangeReply.Echo),
        Turn.Unasked => new ProtocolErrorException(entry, StrangeReply.Unasked),
        Turn.Unexpected => new ProtocolErrorException(entry, PeerName.DescribeUnexpected(_dialogue.Other, words)),
        _ => new ProtocolErrorException(entry, PeerName.Describe(_dialogue.Strange, words)),
    };

    private void Send(Exchange exchange, Link link, DeadlineQueue deadline)
    {
        _commands += _sent?.Commands.Length ?? 0;
        (_before, _sent, _hasThought) = (_sent, exchange, false);
        var length = exchange.Write(Sender, link.Outgoing(exchange.MaxLength));
        _dialogue.Begin(exchange);
        link.Exchange(length, deadline);
    }
}
