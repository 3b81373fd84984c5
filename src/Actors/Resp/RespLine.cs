using System.Buffers.Text;

namespace ActorLoad.Resp;

/// <summary>The lines of RESP: the first line of a value, or all of a short value.</summary>
internal static class RespLine
{
    /// <summary>Bytes of a line end.</summary>
    public const int EndLength = 2;

    /// <summary>True if a value, or its end, can begin with this byte.</summary>
    public static bool IsPrefix(byte first) => first is (byte)'+' or (byte)'-' or (byte)':' or (byte)'$' or (byte)'*' or (byte)'_'
        or (byte)'#' or (byte)',' or (byte)'(' or (byte)'!' or (byte)'=' or (byte)'%' or (byte)'~' or (byte)'>' or (byte)'|' or (byte)'.';

    /// <summary>Takes the first line, without its prefix; false if it is not whole, or has another line end.</summary>
    public static bool TryTake(ReadOnlySpan<byte> value, out ReadOnlySpan<byte> line)
    {
        var end = value.IndexOfAny((byte)'\r', (byte)'\n');
        var isWhole = end > 0 && end + 1 < value.Length && value[end] == '\r' && value[end + 1] == '\n';
        line = isWhole ? value[1..end] : default;
        return isWhole;
    }

    /// <summary>True if the line can be a value of this prefix.</summary>
    public static bool IsRight(byte prefix, ReadOnlySpan<byte> line) => prefix switch
    {
        (byte)'_' => line.Length == 0,
        (byte)'#' => line is [(byte)'t' or (byte)'f'],
        (byte)':' => TryNumber(line, out _),
        _ => true,
    };

    /// <summary>Reads a line that is a whole number.</summary>
    public static bool TryNumber(ReadOnlySpan<byte> line, out long number) =>
        Utf8Parser.TryParse(line, out number, out var digits) && digits == line.Length && line.Length > 0;

    /// <summary>False if the bytes at <paramref name="position"/> are no line end. Bytes that have not come yet may still be.</summary>
    public static bool Ends(ReadOnlySpan<byte> bytes, long position)
    {
        for (var index = 0; index < EndLength; index++)
        {
            if (position + index is var at and >= 0 && at < bytes.Length && bytes[(int)at] != "\r\n"u8[index])
            {
                return false;
            }
        }

        return true;
    }
}
