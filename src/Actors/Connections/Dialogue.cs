using ActorLoad.Metrics;
using ActorLoad.Resp;

namespace ActorLoad.Connections;

/// <summary>What bytes of a server mean for the exchange under way.</summary>
internal enum Turn
{
    /// <summary>More is to come; while a connection holds, always.</summary>
    More,

    /// <summary>All replies have come.</summary>
    Answered,

    /// <summary>An error has come: see <see cref="Dialogue.ErrorPrefix"/>.</summary>
    Rejected,

    /// <summary>This is not RESP: see <see cref="Dialogue.Strange"/>.</summary>
    Strange,

    /// <summary>The server sends back what it was sent.</summary>
    Echoed,

    /// <summary>More replies have come than were asked for.</summary>
    Unasked,
}

/// <summary>One connection's exchange: which of the values that come are the replies to what was sent, and which come of the server's own accord
/// (RESP3 pushes, messages to a subscriber, MONITOR's lines) and are passed over.</summary>
internal struct Dialogue
{
    // Of a command that came back in part: its count, a length and a letter are no chance.
    private const int CertainEcho = 9;

    private ReplyScanner _scanner;
    private int _awaited;
    private int _echoed;

    // Where no reply is awaited: whoever subscribed, by whatever command, is sent such things.
    private readonly bool IsEvent => _scanner.Kind == '>' || _scanner.Word is not (ReplyWord.None or ReplyWord.Ok or ReplyWord.Pong);

    /// <summary>The prefix of the error that came.</summary>
    public readonly string ErrorPrefix => _scanner.ErrorPrefix;

    /// <summary>The beginning of what is not RESP.</summary>
    public readonly ReadOnlySpan<byte> Strange => _scanner.Strange;

    /// <summary>What a server that says no more has said: Strange or Echoed, or More if nothing is wrong with it.</summary>
    public readonly Turn Rest => _scanner.IsStrange ? Turn.Strange : _echoed >= CertainEcho ? Turn.Echoed : Turn.More;

    /// <summary>An exchange begins.</summary>
    public void Begin(in Expected expected) => (_awaited, _echoed) = (expected.Replies, 0);

    /// <summary>Takes what came in an exchange.</summary>
    /// <param name="bytes">At least one.</param>
    /// <param name="sent">The exchange.</param>
    /// <param name="isLast">None follows it, and the connection is held: what comes after its replies are events, and late replies if it has none.</param>
    /// <param name="words">How an error's words are kept.</param>
    public Turn Take(ReadOnlySpan<byte> bytes, in SentStep sent, bool isLast, ServerWords words)
    {
        ref readonly var expected = ref sent.Expected;
        while (bytes.Length > 0)
        {
            if (IsEcho(bytes, sent))
            {
                return Turn.Echoed;
            }

            switch (_scanner.Read(bytes, words, out var used))
            {
                case ReplyState.Incomplete:
                    return _awaited > 0 ? Turn.More : isLast || expected.MayPassOver(_scanner.Begun) ? Turn.Answered : Turn.Unasked;
                case ReplyState.Error:
                    return Turn.Rejected;
                case ReplyState.Invalid:
                    return sent.Resembles(_scanner.Strange) ? Turn.Echoed : Turn.Strange;
                case ReplyState.Complete when expected.PassesOver(_scanner.Kind, _scanner.Word):
                    break;
                case ReplyState.Complete when _awaited == 0 && !(isLast && (expected.Replies == 0 || IsEvent)):
                    return Turn.Unasked;
                case ReplyState.Complete when sent.IsNamed(bytes[..used]):
                    return Turn.Echoed;
                default:
                    _awaited -= _awaited > 0 ? 1 : 0;
                    break;
            }

            bytes = bytes[used..];
        }

        return _awaited > 0 ? Turn.More : Turn.Answered;
    }

    /// <summary>Takes what came to a connection that holds and has sent nothing.</summary>
    public Turn Take(ReadOnlySpan<byte> bytes, ServerWords words)
    {
        while (bytes.Length > 0)
        {
            switch (_scanner.Read(bytes, words, out var used))
            {
                case ReplyState.Error: return Turn.Rejected;
                case ReplyState.Invalid: return Turn.Strange;
                case ReplyState.Complete when !IsEvent: return Turn.Unasked;
            }

            bytes = bytes[used..];
        }

        return Turn.More;
    }

    // Commands are arrays: a reply that is none is no echo, which one comparison tells.
    private bool IsEcho(ReadOnlySpan<byte> bytes, in SentStep sent)
    {
        if (_scanner.IsFresh)
        {
            _echoed = 0;
        }
        else if (_echoed == 0)
        {
            return false;
        }

        if (_echoed == 0 && bytes[0] != '*')
        {
            return false;
        }

        _echoed = sent.EchoedUpTo(bytes, _echoed, out var isWhole);
        return isWhole;
    }
}
