namespace ActorLoad.Resp;

/// <summary>The slot of a key in a Redis Cluster: CRC16 (XMODEM) of the key, modulo 16,384. Of a key with a hash tag, such as
/// <c>{user}:1</c>, only the tag counts.</summary>
public static class HashSlot
{
    /// <summary>Number of slots.</summary>
    public const int Count = 16384;

    private const ushort Polynomial = 0x1021;

    private static readonly ushort[] Table = [.. Enumerable.Range(0, 256).Select(OfByte)];

    /// <summary>The slot of a key, 0 to 16,383.</summary>
    public static int Of(ReadOnlySpan<byte> key)
    {
        ushort crc = 0;
        foreach (var part in Tagged(key))
        {
            crc = (ushort)((crc << 8) ^ Table[(crc >> 8) ^ part]);
        }

        return crc % Count;
    }

    // The first { and the first } after it, unless nothing is between them.
    private static ReadOnlySpan<byte> Tagged(ReadOnlySpan<byte> key)
    {
        var open = key.IndexOf((byte)'{');
        var length = open < 0 ? -1 : key[(open + 1)..].IndexOf((byte)'}');
        return length > 0 ? key.Slice(open + 1, length) : key;
    }

    private static ushort OfByte(int value)
    {
        var crc = value << 8;
        for (var bit = 0; bit < 8; bit++)
        {
            crc = (crc & 0x8000) != 0 ? (crc << 1) ^ Polynomial : crc << 1;
        }

        return (ushort)crc;
    }
}
