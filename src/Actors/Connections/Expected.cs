using ActorLoad.Resp;
namespace ActorLoad.Connections;

/// <summary>What comes back when the commands of one exchange were sent.</summary>
/// <param name="Replies">Values that must come before the next command is sent; 0 for one that is not answered.</param>
internal readonly record struct Expected(int Replies)
{
    /// <summary>Only values that begin with this word count, if it is not None, and what is no array or push.</summary>
    public ReplyWord Confirms { get; init; }

    /// <summary>Arrays may come that were published, or that confirm a subscription: RESP2 has no other form for them.</summary>
    public bool IsSubscriber { get; init; }

    /// <summary>Simple strings may come that tell of commands of others.</summary>
    public bool IsMonitor { get; init; }

    /// <summary>What was published, and what MONITOR tells, counts as a reply.</summary>
    public bool CountsEvents { get; init; }

    /// <summary>True for a whole value that is no reply, wherever it comes.</summary>
    public bool PassesOver(byte kind, ReplyWord word) => kind switch
    {
        (byte)'>' => !IsConfirmation(word) && !(CountsEvents && word == ReplyWord.Message),
        (byte)'*' => IsSubscriber && word != ReplyWord.None && !IsConfirmation(word) && !(CountsEvents && word == ReplyWord.Message),
        (byte)'+' => IsMonitor && word == ReplyWord.MonitorLine && !CountsEvents,
        _ => false,
    };

    /// <summary>True if a value of this kind, of which no more is known, may be one that <see cref="PassesOver"/>.</summary>
    public bool MayPassOver(byte kind) => kind switch
    {
        0 or (byte)'>' => true,
        (byte)'*' => IsSubscriber,
        (byte)'+' => IsMonitor,
        _ => false,
    };

    private bool IsConfirmation(ReplyWord word) => Confirms != ReplyWord.None && word == Confirms;
}
