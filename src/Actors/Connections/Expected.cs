using ActorLoad.Resp;

namespace ActorLoad.Connections;

/// <summary>The expected replies to one command.</summary>
/// <param name="Replies">Values that must come before the next command is sent; 0 if the command gets no reply.</param>
internal readonly record struct Expected(int Replies)
{
    /// <summary>First word of the pushes, or of a subscriber's arrays, that confirm the command; None if there is no such word.</summary>
    public ReplyWord Confirms { get; init; }

    /// <summary>True if arrays may be published messages or confirmations. RESP2 has no other form for them.</summary>
    public bool IsSubscriber { get; init; }

    /// <summary>True if simple strings may be lines of MONITOR.</summary>
    public bool IsMonitor { get; init; }

    /// <summary>True if published messages and lines of MONITOR count as replies.</summary>
    public bool CountsEvents { get; init; }

    /// <summary>True if an error is a reply, too.</summary>
    public bool AllowsError { get; init; }

    /// <summary>The text that each reply must have or begin with; null if any will do.</summary>
    public ReplyCheck? Check { get; init; }

    /// <summary>The command's name, if it has no argument and no server replies with that name; else null.</summary>
    public byte[]? Name { get; init; }

    /// <summary>True if a reply is only the name of the command: the server sends lines or words back.</summary>
    public bool IsNamed(ReadOnlySpan<byte> reply) => Name is { } name && reply.Length <= name.Length + 8
        && reply.Length >= name.Length + 3 && reply[0] is (byte)'+' or (byte)'$'
        && reply.Slice(reply.Length - 2 - name.Length, name.Length).SequenceEqual(name);

    /// <summary>True for a whole value that is not a reply.</summary>
    public bool PassesOver(byte kind, ReplyWord word) => kind switch
    {
        (byte)'>' => !IsConfirmation(word) && !(CountsEvents && word == ReplyWord.Message),
        (byte)'*' => IsSubscriber && word != ReplyWord.None && !IsConfirmation(word) && !(CountsEvents && word == ReplyWord.Message),
        (byte)'+' => IsMonitor && word == ReplyWord.MonitorLine && !CountsEvents,
        _ => false,
    };

    /// <summary>True if an unfinished value of this kind may become one that <see cref="PassesOver"/> skips.</summary>
    public bool MayPassOver(byte kind) => kind switch
    {
        0 or (byte)'>' => true,
        (byte)'*' => IsSubscriber,
        (byte)'+' => IsMonitor,
        _ => false,
    };

    private bool IsConfirmation(ReplyWord word) => Confirms != ReplyWord.None && word == Confirms;
}
