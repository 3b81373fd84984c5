using System.Globalization;

namespace ActorLoad.Observers.Server;

/// <summary>Follows the answers of a server byte by byte: tells where an answer ends, and what no server that can be asked would send. It
/// keeps none of the bytes.</summary>
internal sealed class AnswerGuard
{
    private const int LongestLine = 16 * 1024;
    private const int MostValues = 4096; // of one answer
    private const int Deepest = 8;
    private const string NoNumber = "sent what is not RESP: a length that is no number";

    /// <summary>Bytes that end a line or a payload.</summary>
    public const int LineEnd = 2;

    private readonly long _longestPayload;
    private readonly long[] _left = new long[Deepest];
    private int _depth;
    private int _values;
    private long _payload;
    private byte _type;
    private int _line;
    private long? _number;
    private bool _isNegative;
    private bool _hasReturned;

    /// <summary>Lets texts of so many bytes pass.</summary>
    public AnswerGuard(long longestPayload) => _longestPayload = longestPayload;

    /// <summary>True unless an answer has begun and not ended.</summary>
    public bool IsWhole => _type == 0 && _payload == 0 && _depth == 0;

    /// <summary>True if a value of this type begins with a length or a count.</summary>
    public static bool HasLength(byte type) => "$!=*%~>"u8.Contains(type);

    /// <summary>True if a value of this type is as many bytes as its length says.</summary>
    public static bool HasPayload(byte type) => "$!="u8.Contains(type);

    /// <summary>Takes the next bytes; says what is wrong with them, or null.</summary>
    public string? Follow(ReadOnlySpan<byte> bytes)
    {
        for (var at = 0; at < bytes.Length;)
        {
            if (_payload > 0)
            {
                var passed = (int)Math.Min(_payload, bytes.Length - at);
                (_payload, at) = (_payload - passed, at + passed);
                if (_payload == 0)
                {
                    End();
                }
            }
            else if (Take(bytes[at++]) is { } wrong)
            {
                return wrong;
            }
        }

        return null;
    }

    private string? Take(byte next)
    {
        if (_type == 0)
        {
            (_type, _line, _number, _isNegative, _hasReturned) = (next, 0, null, false, false);
            return !"+-:$*_#,!=(%~>"u8.Contains(next) ? "sent what is not RESP" : ++_values > MostValues ? TooMany() : null;
        }

        if (next == '\n')
        {
            return HandleLine();
        }

        if (++_line > LongestLine)
        {
            return string.Create(CultureInfo.InvariantCulture, $"sent a line of more than {LongestLine >> 10} KB");
        }

        _hasReturned |= next == '\r';
        return !HasLength(_type) || next == '\r' || (!_hasReturned && TakeDigit(next)) ? null : NoNumber;
    }

    private bool TakeDigit(byte next)
    {
        if (next == '-' && _line == 1)
        {
            return _isNegative = true;
        }

        _number = ((_number ?? 0) * 10) + (next - '0');
        return next is >= (byte)'0' and <= (byte)'9' && _number <= int.MaxValue;
    }

    private string? HandleLine()
    {
        var (type, length) = (_type, _number);
        _type = 0;
        if (!HasLength(type))
        {
            End();
            return null;
        }

        if (length is not { } number || (_isNegative && number != 1))
        {
            return NoNumber;
        }

        if (_isNegative)
        {
            End();
            return null;
        }

        return HasPayload(type) ? BeginPayload(number) : BeginValues(type == '%' ? number * 2 : number);
    }

    private string? BeginPayload(long length)
    {
        _payload = length + LineEnd;
        return length > _longestPayload
            ? string.Create(CultureInfo.InvariantCulture, $"sent more than {_longestPayload >> 20} MB for one answer") : null;
    }

    private string? BeginValues(long count)
    {
        if (count == 0)
        {
            End();
            return null;
        }

        if (count > MostValues)
        {
            return TooMany();
        }

        if (_depth == Deepest)
        {
            return string.Create(CultureInfo.InvariantCulture, $"sent lists that are nested more than {Deepest} deep");
        }

        _left[_depth++] = count;
        return null;
    }

    // A value ends. If it is the last of a list, the list ends too.
    private void End()
    {
        while (_depth > 0 && --_left[_depth - 1] == 0)
        {
            _depth--;
        }

        _values = _depth == 0 ? 0 : _values;
    }

    private static string TooMany() => string.Create(CultureInfo.InvariantCulture, $"sent more than {MostValues} values for one answer");
}
