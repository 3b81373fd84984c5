using ActorLoad.Metrics;
using ActorLoad.Resp;

namespace ActorLoad.Connections;

/// <summary>The meaning of a server's bytes for the exchange under way.</summary>
internal enum Turn
{
    /// <summary>More bytes must come. Holding connections always get this.</summary>
    More,

    /// <summary>All replies have come.</summary>
    Answered,

    /// <summary>The server sent an error: see <see cref="Dialogue.ErrorPrefix"/>.</summary>
    Rejected,

    /// <summary>The bytes are not RESP: see <see cref="Dialogue.Strange"/>.</summary>
    Strange,

    /// <summary>The server sends our own bytes back.</summary>
    Echoed,

    /// <summary>More replies have come than we asked for.</summary>
    Unasked,

    /// <summary>The script expects another reply: see <see cref="Dialogue.Other"/>.</summary>
    Unexpected,
}

/// <summary>
/// One connection's exchange. Tells replies from values that the server sends unasked, and skips those: RESP3 pushes, messages to a
/// subscriber, lines of MONITOR.
/// </summary>
internal struct Dialogue
{
    // Bytes of a command that came back in part: its count, a length and a letter are no coincidence.
    private const int CertainEcho = 9;

    private ReplyScanner _scanner;
    private int _answer;
    private int _awaited;
    private int _echoed;

    // True for values that a subscriber or monitor may get while it awaits no reply.
    private readonly bool IsEvent => _scanner.Kind == '>' || _scanner.Word is not (ReplyWord.None or ReplyWord.Ok or ReplyWord.Pong);

    /// <summary>Prefix of the server's error.</summary>
    public readonly string ErrorPrefix => _scanner.ErrorPrefix;

    /// <summary>The first bytes that are not RESP.</summary>
    public readonly ReadOnlySpan<byte> Strange => _scanner.Strange;

    /// <summary>The first bytes of a reply that the script does not expect.</summary>
    public readonly ReadOnlySpan<byte> Other => _scanner.Other;

    /// <summary>The judgement if the server sends no more: Strange, Echoed, or More if nothing is wrong.</summary>
    public readonly Turn Rest => _scanner.IsStrange ? Turn.Strange : _echoed >= CertainEcho ? Turn.Echoed : Turn.More;

    /// <summary>Begins an exchange.</summary>
    public void Begin(Exchange exchange)
    {
        _echoed = 0;
        Await(exchange, 0);
    }

    /// <summary>Takes the bytes that came in an exchange.</summary>
    /// <param name="bytes">At least one.</param>
    /// <param name="sent">The exchange.</param>
    /// <param name="isLast">True for the last exchange before a hold. Events may follow it, and late replies if it awaits none.</param>
    /// <param name="words">Hides secrets in an error.</param>
    public Turn Take(ReadOnlySpan<byte> bytes, in SentStep sent, bool isLast, ServerWords words)
    {
        while (bytes.Length > 0)
        {
            ref readonly var expected = ref sent.Exchange.Expected(_answer);
            if (IsEcho(bytes, sent))
            {
                return Turn.Echoed;
            }

            switch (_scanner.Read(bytes, words, out var used))
            {
                case ReplyState.Incomplete:
                    return _awaited > 0 ? Turn.More : isLast || expected.MayPassOver(_scanner.Begun) ? Turn.Answered : Turn.Unasked;
                case ReplyState.Error when expected.AllowsError && _awaited > 0:
                    GoOn(sent.Exchange, left: 0); // instead of all values
                    break;
                case ReplyState.Error:
                    return Turn.Rejected;
                case ReplyState.Invalid:
                    return sent.Resembles(_scanner.Strange) ? Turn.Echoed : Turn.Strange;
                case ReplyState.Complete when expected.PassesOver(_scanner.Kind, _scanner.Word):
                    break;
                case ReplyState.Complete when _awaited == 0 && !(isLast && (expected.Replies == 0 || IsEvent)):
                    return Turn.Unasked;
                case ReplyState.Complete when expected.IsNamed(bytes[..used]):
                    return Turn.Echoed;
                case ReplyState.Complete when _awaited > 0 && _scanner.Differs:
                    return Turn.Unexpected;
                default:
                    GoOn(sent.Exchange, Math.Max(0, _awaited - 1));
                    break;
            }

            bytes = bytes[used..];
        }

        return _awaited > 0 ? Turn.More : Turn.Answered;
    }

    /// <summary>Takes the bytes that came to a connection that holds and has sent nothing.</summary>
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

    // The values of a command are awaited before those of the next one.
    private void GoOn(Exchange exchange, int left)
    {
        _awaited = left;
        if (left == 0 && _answer + 1 < exchange.Answers)
        {
            Await(exchange, _answer + 1);
        }
    }

    private void Await(Exchange exchange, int answer)
    {
        ref readonly var expected = ref exchange.Expected(answer);
        (_answer, _awaited, _scanner.Check) = (answer, expected.Replies, expected.Check);
    }

    // Commands are arrays, so a reply that is not an array is no echo.
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
