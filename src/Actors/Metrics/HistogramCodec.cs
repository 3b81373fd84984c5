using System.Buffers;
using System.Buffers.Binary;

namespace ActorLoad.Metrics;

/// <summary>The V2 encoding of HdrHistogram, which every port of it reads. The library's encoder copies all counts at each call, and its
/// decoder builds a new histogram of 190 KB. This one allocates only the encoded bytes, a few hundred to a few thousand.</summary>
public static class HistogramCodec
{
    private const int Cookie = 0x1c849303 | 0x10;
    private const int HeaderLength = 40;
    private const int LongestWord = 9;

    /// <summary>The histogram as bytes, without slots after the last count.</summary>
    public static byte[] Encode(LatencyHistogram histogram)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(HeaderLength + (histogram.Slots * LongestWord));
        try
        {
            var length = HeaderLength + WriteCounts(histogram, buffer.AsSpan(HeaderLength));
            WriteHeader(buffer, length - HeaderLength);
            return buffer.AsSpan(0, length).ToArray();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Adds an encoded histogram to another one. Throws <see cref="FormatException"/> if the bytes are not a histogram of the same
    /// range and precision.</summary>
    public static void AddTo(LatencyHistogram histogram, ReadOnlySpan<byte> encoded)
    {
        var counts = ReadHeader(encoded);
        var slot = 0;
        while (!counts.IsEmpty)
        {
            var word = ReadWord(ref counts);
            var slots = word < 0 ? -word : 1;
            if (slots < 0 || slots > histogram.Slots - slot)
            {
                throw new FormatException("an encoded histogram has more slots than its range");
            }

            if (word > 0)
            {
                if (word > long.MaxValue - histogram.TotalCount)
                {
                    throw new FormatException("an encoded histogram counts more than a number can hold");
                }

                histogram.AddTo(slot, word);
            }

            slot += (int)slots;
        }
    }

    // A count, or the negative number of consecutive empty slots.
    private static int WriteCounts(LatencyHistogram histogram, Span<byte> target)
    {
        var left = histogram.TotalCount;
        var position = 0;
        var zeros = 0;
        for (var slot = 0; left > 0; slot++)
        {
            var count = histogram.CountIn(slot);
            if (count == 0)
            {
                zeros++;
                continue;
            }

            if (zeros > 0)
            {
                // One empty slot is 0 in this encoding, two are -2.
                position += WriteWord(target[position..], zeros == 1 ? 0 : -zeros);
                zeros = 0;
            }

            position += WriteWord(target[position..], count);
            left -= count;
        }

        return position;
    }

    private static void WriteHeader(Span<byte> target, int payload)
    {
        BinaryPrimitives.WriteInt32BigEndian(target, Cookie);
        BinaryPrimitives.WriteInt32BigEndian(target[4..], payload);
        BinaryPrimitives.WriteInt32BigEndian(target[8..], 0);
        BinaryPrimitives.WriteInt32BigEndian(target[12..], LatencyHistogram.Digits);
        BinaryPrimitives.WriteInt64BigEndian(target[16..], LatencyHistogram.Lowest);
        BinaryPrimitives.WriteInt64BigEndian(target[24..], LatencyHistogram.Highest);
        BinaryPrimitives.WriteDoubleBigEndian(target[32..], 1);
    }

    private static ReadOnlySpan<byte> ReadHeader(ReadOnlySpan<byte> encoded)
    {
        var known = encoded.Length >= HeaderLength
            && BinaryPrimitives.ReadInt32BigEndian(encoded) == Cookie
            && BinaryPrimitives.ReadInt32BigEndian(encoded[12..]) == LatencyHistogram.Digits
            && BinaryPrimitives.ReadInt64BigEndian(encoded[16..]) == LatencyHistogram.Lowest
            && BinaryPrimitives.ReadInt64BigEndian(encoded[24..]) == LatencyHistogram.Highest;
        return known && BinaryPrimitives.ReadInt32BigEndian(encoded[4..]) == encoded.Length - HeaderLength
            ? encoded[HeaderLength..]
            : throw new FormatException("not an encoded histogram of 1 microsecond to 1 hour with three digits");
    }

    // ZigZag LEB128: seven bits a byte, lowest first; a ninth byte carries eight.
    private static int WriteWord(Span<byte> target, long value)
    {
        var rest = (ulong)((value << 1) ^ (value >> 63));
        var length = 0;
        while (rest >= 0x80 && length < LongestWord - 1)
        {
            target[length++] = (byte)(rest | 0x80);
            rest >>= 7;
        }

        target[length++] = (byte)rest;
        return length;
    }

    private static long ReadWord(ref ReadOnlySpan<byte> source)
    {
        var bits = 0UL;
        for (var length = 0; length < source.Length; length++)
        {
            var last = length == LongestWord - 1;
            bits |= (last ? source[length] : source[length] & 0x7FUL) << (7 * length);
            if (last || source[length] < 0x80)
            {
                source = source[(length + 1)..];
                return (long)(bits >> 1) ^ -(long)(bits & 1);
            }
        }

        throw new FormatException("an encoded histogram ends within a count");
    }
}
