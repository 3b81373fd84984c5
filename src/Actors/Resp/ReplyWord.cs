namespace ActorLoad.Resp;

/// <summary>The meaning of a value's first word, where it tells replies from events.</summary>
public enum ReplyWord
{
    /// <summary>Any other word.</summary>
    None,

    /// <summary>The answer to SUBSCRIBE.</summary>
    Subscribe,

    /// <summary>The answer to PSUBSCRIBE.</summary>
    Psubscribe,

    /// <summary>The answer to SSUBSCRIBE.</summary>
    Ssubscribe,

    /// <summary>The answer to UNSUBSCRIBE.</summary>
    Unsubscribe,

    /// <summary>The answer to PUNSUBSCRIBE.</summary>
    Punsubscribe,

    /// <summary>The answer to SUNSUBSCRIBE; a server that gives a slot away sends it unasked.</summary>
    Sunsubscribe,

    /// <summary>A published message of a channel, a pattern or a sharded channel.</summary>
    Message,

    /// <summary>A command of another client, as MONITOR shows it.</summary>
    MonitorLine,

    /// <summary><c>+OK</c>.</summary>
    Ok,

    /// <summary><c>+PONG</c>, the answer to PING.</summary>
    Pong,
}

/// <summary>Finds a <see cref="ReplyWord"/>.</summary>
internal static class ReplyWords
{
    /// <summary>Finds the word by the first item of an array or push.</summary>
    public static ReplyWord OfFirst(ReadOnlySpan<byte> text) => text.Length switch
    {
        7 when text.SequenceEqual("message"u8) => ReplyWord.Message,
        8 when text.SequenceEqual("pmessage"u8) || text.SequenceEqual("smessage"u8) => ReplyWord.Message,
        9 when text.SequenceEqual("subscribe"u8) => ReplyWord.Subscribe,
        10 when text.SequenceEqual("psubscribe"u8) => ReplyWord.Psubscribe,
        10 when text.SequenceEqual("ssubscribe"u8) => ReplyWord.Ssubscribe,
        11 when text.SequenceEqual("unsubscribe"u8) => ReplyWord.Unsubscribe,
        12 when text.SequenceEqual("punsubscribe"u8) => ReplyWord.Punsubscribe,
        12 when text.SequenceEqual("sunsubscribe"u8) => ReplyWord.Sunsubscribe,
        _ => ReplyWord.None,
    };

    /// <summary>Finds the word by the text of a simple string, such as <c>1700000000.123456 [0 127.0.0.1:50000] "PING"</c>.</summary>
    public static ReplyWord OfLine(ReadOnlySpan<byte> text)
    {
        if (text.Length is 2 or 4 && !char.IsAsciiDigit((char)text[0]))
        {
            return text.SequenceEqual("OK"u8) ? ReplyWord.Ok : text.SequenceEqual("PONG"u8) ? ReplyWord.Pong : ReplyWord.None;
        }

        if (text.Length < 4 || !char.IsAsciiDigit((char)text[0]))
        {
            return ReplyWord.None;
        }

        var (point, space) = (text.IndexOf((byte)'.'), text.IndexOf((byte)' '));
        return point > 0 && point < space && IsNumber(text[..point]) && IsNumber(text[(point + 1)..space])
            && text[space..].StartsWith(" ["u8)
            ? ReplyWord.MonitorLine : ReplyWord.None;
    }

    private static bool IsNumber(ReadOnlySpan<byte> text) => text.IndexOfAnyExceptInRange((byte)'0', (byte)'9') < 0;

    /// <summary>The word that answers the command of this name, in capitals; None if it has no word of its own.</summary>
    public static ReplyWord To(string command) => command switch
    {
        "SUBSCRIBE" => ReplyWord.Subscribe,
        "PSUBSCRIBE" => ReplyWord.Psubscribe,
        "SSUBSCRIBE" => ReplyWord.Ssubscribe,
        "UNSUBSCRIBE" => ReplyWord.Unsubscribe,
        "PUNSUBSCRIBE" => ReplyWord.Punsubscribe,
        "SUNSUBSCRIBE" => ReplyWord.Sunsubscribe,
        _ => ReplyWord.None,
    };
}
