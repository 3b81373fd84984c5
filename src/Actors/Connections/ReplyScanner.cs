// RESPite calls its scanner an evaluation API (SER004); the version is pinned, and the specs would notice a change.
#pragma warning disable SER004
using System.Buffers.Text;
using ActorLoad.Metrics;
using RESPite.Messages;

namespace ActorLoad.Connections;

/// <summary>How far a reply has come.</summary>
public enum ReplyState
{
    /// <summary>More bytes are needed.</summary>
    Incomplete,

    /// <summary>The reply is whole.</summary>
    Complete,

    /// <summary>The reply is whole and is an error: see <see cref="ReplyScanner.ErrorPrefix"/>.</summary>
    Error,

    /// <summary>This is not RESP, or more than one reply.</summary>
    Invalid,
}

/// <summary>
/// Finds the end of one RESP reply in whatever pieces it comes, with RESPite's scanner. A reply that comes whole is scanned in place; of one
/// that does not, only an unfinished line is kept, and the payload of a bulk string is passed over unseen.
/// </summary>
public struct ReplyScanner
{
    // A line (simple string, error, number, length) longer than this is not a reply.
    private const int LongestLine = 64 * 1024;
    private const int LineEnd = 2;
    private const long LongestPayload = 2_000_000_000;

    private RespScanState _scan;
    private byte[]? _kept;
    private long _skip;
    private byte _first;
    private string? _errorPrefix;

    /// <summary>The first word of an error reply (<c>NOAUTH</c>); for <c>ERR</c>, which says nothing, up to 40 characters of its text.</summary>
    public readonly string ErrorPrefix => _errorPrefix ?? "";

    /// <summary>Takes the next bytes of the reply. <paramref name="words"/> is how an error's words are kept.</summary>
    public ReplyState Read(ReadOnlySpan<byte> bytes, ServerWords words)
    {
        if (_skip > 0)
        {
            var passed = (int)Math.Min(_skip, bytes.Length);
            if (!EndsLine(bytes, _skip - LineEnd))
            {
                return ReplyState.Invalid;
            }

            _skip -= passed;
            bytes = bytes[passed..];
            if (_skip > 0)
            {
                return ReplyState.Incomplete;
            }

            // To the scanner the payload that was passed over is one more null: it only counts children.
            if (_scan.TryRead("$-1\r\n"u8, out _))
            {
                return bytes.Length == 0 ? ReplyState.Complete : ReplyState.Invalid;
            }
        }

        if (_kept is { } kept)
        {
            _kept = null;
            bytes = (byte[])[.. kept, .. bytes];
        }

        return Scan(bytes, words);
    }

    private ReplyState Scan(ReadOnlySpan<byte> bytes, ServerWords words)
    {
        if (bytes.Length == 0)
        {
            return ReplyState.Incomplete;
        }

        if (_first == 0)
        {
            _first = bytes[0];
            if (!"+-:$*_#,(!=%~>|"u8.Contains(_first))
            {
                return ReplyState.Invalid;
            }
        }

        int read;
        try
        {
            if (HasFatalLength(bytes))
            {
                return ReplyState.Invalid;
            }

            if (_scan.TryRead(bytes, out read))
            {
                return read < bytes.Length ? ReplyState.Invalid : Finish(bytes, words);
            }
        }
        catch (Exception cause) when (cause is InvalidOperationException or FormatException)
        {
            // RESPite's words for a protocol failure.
            return ReplyState.Invalid;
        }

        return Keep(bytes[read..]);
    }

    /// <summary>
    /// True if a payload is said to be nearly 2 GB long or more: RESPite 3.4 adds such a length to its position in 32 bits and then reads
    /// where no memory is, which ends the process. No server sends one: Redis allows 512 MB.
    /// </summary>
    private readonly bool HasFatalLength(ReadOnlySpan<byte> bytes)
    {
        for (var at = 0; at < bytes.Length; at++)
        {
            var next = bytes[at..].IndexOfAny("$=!;"u8);
            if (next < 0)
            {
                return false;
            }

            at += next;
            if ((at == 0 || bytes[at - 1] == '\n') && Utf8Parser.TryParse(bytes[(at + 1)..], out long length, out _)
                && length > LongestPayload && IsHeader(bytes[..at]))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>True if what follows <paramref name="before"/> is looked at by the scanner, and is not the inside of a payload.</summary>
    private readonly bool IsHeader(ReadOnlySpan<byte> before)
    {
        var scan = _scan; // a copy: the real one goes over these bytes later
        return before.Length == 0 || (!scan.TryRead(before, out var read) && read == before.Length);
    }

    private ReplyState Finish(ReadOnlySpan<byte> frame, ServerWords words)
    {
        if (_first is not ((byte)'-' or (byte)'!'))
        {
            return ReplyState.Complete;
        }

        var lineStart = _first == (byte)'!' ? frame.IndexOf((byte)'\n') + 1 : 1;
        var line = frame[lineStart..];
        var lineEnd = line.IndexOf((byte)'\r'); // none in a null error and in a streamed one
        line = lineEnd < 0 ? default : line[..lineEnd];
        _errorPrefix = words.ErrorPrefix(line);
        return ReplyState.Error;
    }

    /// <summary>True unless what stands at <paramref name="position"/>, as far as it is in these bytes, is no line end.</summary>
    private static bool EndsLine(ReadOnlySpan<byte> bytes, long position)
    {
        for (var index = 0; index < LineEnd; index++)
        {
            if (position + index is var at and >= 0 && at < bytes.Length && bytes[(int)at] != "\r\n"u8[index])
            {
                return false;
            }
        }

        return true;
    }

    private ReplyState Keep(ReadOnlySpan<byte> rest)
    {
        if (rest.Length > 0 && rest[0] is (byte)'$' or (byte)'=' && rest.IndexOf("\r\n"u8) is var end and > 0
            && Utf8Parser.TryParse(rest[1..end], out long length, out var digits) && digits == end - 1 && length >= 0)
        {
            // Neither the header nor what has come of the payload is needed any more: pass over both, and the line end after them.
            var payloadEnd = end + LineEnd + length;
            _skip = payloadEnd + LineEnd - rest.Length;
            return EndsLine(rest, payloadEnd) ? ReplyState.Incomplete : ReplyState.Invalid;
        }

        if (rest.Length > LongestLine)
        {
            return ReplyState.Invalid;
        }

        _kept = rest.Length > 0 ? rest.ToArray() : null;
        return ReplyState.Incomplete;
    }
}
