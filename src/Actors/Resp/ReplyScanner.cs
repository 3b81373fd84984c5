using ActorLoad.Metrics;

namespace ActorLoad.Resp;

/// <summary>State of a value while it is read.</summary>
public enum ReplyState
{
    /// <summary>More bytes are needed.</summary>
    Incomplete,

    /// <summary>The value is whole.</summary>
    Complete,

    /// <summary>The value is whole and is an error: see <see cref="ReplyScanner.ErrorPrefix"/>.</summary>
    Error,

    /// <summary>The bytes are not RESP: see <see cref="ReplyScanner.Strange"/>.</summary>
    Invalid,
}

/// <summary>
/// Finds the ends of RESP values, one after the other, in pieces of any size. Scans whole values in place. Of an unfinished value, it keeps
/// only an unfinished line, and skips payloads.
/// </summary>
public struct ReplyScanner
{
    // A line (simple string, error, number, length) longer than this is not a reply.
    private const int LongestLine = 64 * 1024;
    private const int LineEnd = RespLine.EndLength;

    // A verbatim string begins with "txt:" or "mkd:".
    private const int VerbatimKind = 4;

    // No server sends more: Redis allows 512 MB.
    private const long LongestPayload = 2_000_000_000;
    private const long MostItems = int.MaxValue;

    // Longest line or payload that may name the value. It is kept until it is whole.
    private const long LongestWord = 16;

    private ValueNesting _nesting;
    private byte[]? _kept;
    private long _skip;
    private string? _errorPrefix;
    private byte[]? _other;
    private bool _isInChunks;
    private bool _fits;

    /// <summary>The first byte of the value, after any attributes; 0 until it has come.</summary>
    public byte Kind { get; private set; }

    /// <summary>The meaning of the first word of a value of <see cref="Kind"/> <c>*</c>, <c>&gt;</c> or <c>+</c>.</summary>
    public ReplyWord Word { get; private set; }

    /// <summary>The first word of an error reply (<c>NOAUTH</c>); for the vague <c>ERR</c>, up to 40 characters of its text.</summary>
    public readonly string ErrorPrefix => _errorPrefix ?? "";

    /// <summary>Judges the text of values; null if any will do.</summary>
    public ReplyCheck? Check { get; set; }

    /// <summary>True if the value does not fit <see cref="Check"/>. A value without a text of its own, such as an array or null, never
    /// fits.</summary>
    public readonly bool Differs => Check is not null && !_fits;

    /// <summary>The first bytes of the text of a value that differs.</summary>
    public readonly ReadOnlySpan<byte> Other => _other;

    /// <summary>True before the first byte of the next value.</summary>
    public readonly bool IsFresh => _nesting.IsDone && _skip == 0 && _kept is null;

    /// <summary>The kind of a value that has begun; 0 if unknown, or if only its attributes have come.</summary>
    public readonly byte Begun => Kind != 0 ? Kind : _nesting.IsAtTop && _kept is [not (byte)'|' and var first, ..] ? first : (byte)0;

    /// <summary>True if the bytes are not RESP, and too few to name the peer.</summary>
    public readonly bool IsStrange => Kind == 0 && _kept is [var first, ..] && !RespLine.IsPrefix(first);

    /// <summary>The first bytes that are not RESP.</summary>
    public readonly ReadOnlySpan<byte> Strange => _kept;

    /// <summary>Takes bytes up to the end of the value. The next call begins the next value.</summary>
    /// <param name="bytes">At least one.</param>
    /// <param name="words">Hides secrets in an error.</param>
    /// <param name="used">Bytes of this value; all bytes if it is not whole.</param>
    public ReplyState Read(ReadOnlySpan<byte> bytes, ServerWords words, out int used)
    {
        used = bytes.Length;
        var before = 0;
        if (_kept is { } kept)
        {
            before = kept.Length;
            _kept = null;
            bytes = (byte[])[.. kept, .. bytes];
        }
        else if (IsFresh)
        {
            (Kind, Word, _errorPrefix, _fits) = (0, default, null, false);
            _nesting.Begin();
        }

        var at = 0;
        var state = Scan(bytes, words, ref at);
        switch (state)
        {
            case ReplyState.Incomplete when at < bytes.Length:
                _kept = bytes[at..].ToArray();
                break;
            case ReplyState.Invalid:
                _kept = bytes[..Math.Min(bytes.Length, PeerName.Longest)].ToArray();
                break;
            case ReplyState.Complete or ReplyState.Error:
                used = at - before;
                break;
        }

        return state;
    }

    private ReplyState Scan(ReadOnlySpan<byte> bytes, ServerWords words, ref int at)
    {
        if (_skip > 0 && !TryPass(bytes, ref at))
        {
            return ReplyState.Invalid;
        }

        while (_skip == 0 && !_nesting.IsDone)
        {
            if (at == bytes.Length)
            {
                return ReplyState.Incomplete;
            }

            var state = _isInChunks ? ReadChunk(bytes, ref at) : ReadValue(bytes, words, ref at);
            if (state != ReplyState.Complete)
            {
                return state;
            }
        }

        return _skip > 0 ? ReplyState.Incomplete : Kind is (byte)'-' or (byte)'!' ? ReplyState.Error : ReplyState.Complete;
    }

    // Here, Complete means that the scan may go on.
    private ReplyState ReadValue(ReadOnlySpan<byte> bytes, ServerWords words, ref int at)
    {
        var rest = bytes[at..];
        var prefix = rest[0];
        if (!RespLine.IsPrefix(prefix))
        {
            // Only a reply that stands alone can be a greeting of another protocol. Waits until the greeting names it.
            return at == 0 && Kind == 0 && PeerName.NeedsMore(rest) ? ReplyState.Incomplete : ReplyState.Invalid;
        }

        if (!RespLine.TryTake(rest, out var line))
        {
            return rest.Length > LongestLine || rest.IndexOf((byte)'\n') >= 0 ? ReplyState.Invalid : ReplyState.Incomplete;
        }

        var isTop = _nesting.IsAtTop && Kind == 0;
        var state = prefix switch
        {
            (byte)'$' or (byte)'=' or (byte)'!' => ReadPayload(rest, line, isTop, words, ref at),
            (byte)'*' or (byte)'~' or (byte)'>' or (byte)'%' or (byte)'|' =>
                ReadHeader(prefix, line) ? ReplyState.Complete : ReplyState.Invalid,
            (byte)'.' => line.Length == 0 && _nesting.TryEndStream() ? ReplyState.Complete : ReplyState.Invalid,
            _ => RespLine.IsRight(prefix, line) ? ReplyState.Complete : ReplyState.Invalid,
        };
        if (state != ReplyState.Complete)
        {
            return state;
        }

        at += prefix is (byte)'$' or (byte)'=' or (byte)'!' ? 0 : 1 + line.Length + LineEnd;
        if (isTop && prefix != '|')
        {
            Kind = prefix;
        }

        if (prefix is (byte)'+' or (byte)'-' or (byte)':' or (byte)'_' or (byte)'#' or (byte)',' or (byte)'(')
        {
            Name(line, isTop, prefix, words);
            if (isTop && prefix != '_')
            {
                Judge(line, prefix);
            }

            _nesting.Take();
        }

        return ReplyState.Complete;
    }

    private bool ReadHeader(byte prefix, ReadOnlySpan<byte> line)
    {
        var items = prefix is (byte)'%' or (byte)'|' ? 2 : 1;
        if (line is [(byte)'?'])
        {
            return _nesting.TryBeginStream(countsItself: prefix != '|');
        }

        if (!RespLine.TryNumber(line, out var count) || count is < -1 or > MostItems)
        {
            return false;
        }

        return prefix == '|' ? _nesting.TryAdd(Math.Max(0, count) * items) : _nesting.TryOpen(Math.Max(0, count) * items);
    }

    private ReplyState ReadPayload(ReadOnlySpan<byte> rest, ReadOnlySpan<byte> line, bool isTop, ServerWords words, ref int at)
    {
        var head = 1 + line.Length + LineEnd;
        if (line is [(byte)'?'])
        {
            (_isInChunks, at) = (true, at + head);
            return ReplyState.Complete;
        }

        if (!RespLine.TryNumber(line, out var length) || length is < -1 or > LongestPayload)
        {
            return ReplyState.Invalid;
        }

        var isError = isTop && rest[0] == '!';
        if (length < 0)
        {
            at += head;
            return End(default, isTop, rest[0], words);
        }

        if (rest.Length - head >= length + LineEnd)
        {
            var payload = rest.Slice(head, (int)length);
            at += head + payload.Length + LineEnd;
            if (isTop)
            {
                Judge(payload, rest[0]);
            }

            return rest.Slice(head + payload.Length, LineEnd).SequenceEqual("\r\n"u8)
                ? End(payload, isTop, rest[0], words) : ReplyState.Invalid;
        }

        if (!RespLine.Ends(rest[head..], length) || (isError && length > LongestLine))
        {
            return ReplyState.Invalid;
        }

        var isJudged = isTop && Check is not null;
        if (isError || (_nesting.IsFirstItem && length <= LongestWord)
            || (isJudged && rest.Length - head < Math.Min(length, Check!.Needed + VerbatimKind)))
        {
            return ReplyState.Incomplete; // the words of the payload are needed
        }

        if (isJudged)
        {
            Judge(rest.Slice(head, (int)Math.Min(length, rest.Length - head)), rest[0]);
        }

        _skip = head + length + LineEnd - rest.Length;
        at += rest.Length;
        return End(default, isTop, rest[0], words);
    }

    private ReplyState ReadChunk(ReadOnlySpan<byte> bytes, ref int at)
    {
        var rest = bytes[at..];
        if (rest[0] != ';')
        {
            return ReplyState.Invalid;
        }

        if (!RespLine.TryTake(rest, out var line))
        {
            return rest.Length > LongestWord ? ReplyState.Invalid : ReplyState.Incomplete;
        }

        if (!RespLine.TryNumber(line, out var length) || length is < 0 or > LongestPayload)
        {
            return ReplyState.Invalid;
        }

        at += 1 + line.Length + LineEnd;
        if (length == 0)
        {
            _isInChunks = false;
            _nesting.Take();
            return ReplyState.Complete;
        }

        _skip = length + LineEnd;
        return TryPass(bytes, ref at) ? ReplyState.Complete : ReplyState.Invalid;
    }

    // The payload is over, or the scanner skips its rest.
    private ReplyState End(ReadOnlySpan<byte> payload, bool isTop, byte prefix, ServerWords words)
    {
        if (payload.Length <= LongestWord || (isTop && prefix == '!'))
        {
            Name(payload, isTop, prefix, words);
        }

        _nesting.Take();
        return ReplyState.Complete;
    }

    private void Name(ReadOnlySpan<byte> text, bool isTop, byte prefix, ServerWords words)
    {
        if (isTop)
        {
            if (prefix is (byte)'-' or (byte)'!')
            {
                var end = text.IndexOf((byte)'\r');
                _errorPrefix = words.ErrorPrefix(end < 0 ? text : text[..end]);
            }
            else if (prefix == '+')
            {
                Word = ReplyWords.OfLine(text);
            }
        }
        else if (_nesting.IsFirstItem && Kind is (byte)'*' or (byte)'>')
        {
            Word = ReplyWords.OfFirst(text);
        }
    }

    private void Judge(ReadOnlySpan<byte> text, byte prefix)
    {
        if (Check is not { } check)
        {
            return;
        }

        text = prefix == '=' && text.Length >= VerbatimKind ? text[VerbatimKind..] : text;
        _fits = check.Fits(text);
        _other = _fits ? null : text[..Math.Min(text.Length, PeerName.Longest)].ToArray();
    }

    private bool TryPass(ReadOnlySpan<byte> bytes, ref int at)
    {
        var passed = (int)Math.Min(_skip, bytes.Length - at);
        var isRight = RespLine.Ends(bytes[at..], _skip - LineEnd);
        _skip -= passed;
        at += passed;
        return isRight;
    }
}
