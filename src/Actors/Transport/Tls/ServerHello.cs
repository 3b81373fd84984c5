using System.Buffers.Binary;

namespace ActorLoad.Transport.Tls;

/// <summary>What a server answers to a ClientHello, read from its bytes before they are encrypted.</summary>
internal enum HandshakeKind
{
    /// <summary>More bytes are needed.</summary>
    Unknown,

    /// <summary>The server shows its certificate.</summary>
    Full,

    /// <summary>The server resumes an earlier session.</summary>
    Resumed,
}

/// <summary>Reads a server's first records: .NET does not tell whether a session was resumed. RFC 8446, 4.1.3 and 4.2.11; RFC 5246, 7.3.
/// </summary>
internal static class ServerHello
{
    /// <summary>Bytes that suffice for an answer.</summary>
    public const int Longest = 2048;

    private const int RecordHeader = 5;
    private const int MessageHeader = 4;
    private const int FixedPart = 34; // version and random
    private const byte ChangeCipherSpec = 20;
    private const byte Handshake = 22;
    private const byte LastContent = 23;
    private const byte Hello = 2;
    private const ushort PreSharedKey = 41;
    private const ushort SupportedVersions = 43;

    // The random of a HelloRetryRequest: another ServerHello follows.
    private static ReadOnlySpan<byte> Retry =>
    [
        0xCF, 0x21, 0xAD, 0x74, 0xE5, 0x9A, 0x61, 0x11, 0xBE, 0x1D, 0x8C, 0x02, 0x1E, 0x65, 0xB8, 0x91,
        0xC2, 0xA2, 0x11, 0x16, 0x7A, 0xBB, 0x8C, 0x5E, 0x07, 0x9E, 0x09, 0xE2, 0xC8, 0xA8, 0x33, 0x9C,
    ];

    /// <summary>True if a server's first byte is that of TLS.</summary>
    public static bool IsRecord(byte first) => first is >= ChangeCipherSpec and <= LastContent;

    /// <summary>The kind of a handshake by the server's bytes so far.</summary>
    public static HandshakeKind Read(ReadOnlySpan<byte> bytes)
    {
        Span<byte> messages = stackalloc byte[Longest];
        var length = 0;
        var hasChanged = false;
        while (!hasChanged && bytes.Length >= RecordHeader)
        {
            var size = BinaryPrimitives.ReadUInt16BigEndian(bytes[3..]);
            var content = bytes[RecordHeader..Math.Min(bytes.Length, RecordHeader + size)];
            if (bytes[0] == Handshake)
            {
                content = content[..Math.Min(content.Length, messages.Length - length)];
                content.CopyTo(messages[length..]);
                length += content.Length;
            }

            // After a HelloRetryRequest it stands for nothing.
            hasChanged = bytes[0] == ChangeCipherSpec && !IsRetry(messages[..length]);
            bytes = bytes[Math.Min(bytes.Length, RecordHeader + size)..];
        }

        return Judge(messages[..length], hasChanged);
    }

    private static bool IsRetry(ReadOnlySpan<byte> messages) =>
        TryTake(messages, out var hello, out var rest) && rest.Length == 0 && hello.Length > 38 && hello.Slice(6, 32).SequenceEqual(Retry);

    private static HandshakeKind Judge(ReadOnlySpan<byte> messages, bool hasChanged)
    {
        if (!TryTake(messages, out var hello, out var rest))
        {
            return HandshakeKind.Unknown;
        }

        if (hello.Length <= MessageHeader + FixedPart || hello[0] != Hello)
        {
            return HandshakeKind.Full; // an odd server: nothing says that it resumes
        }

        if (hello.Slice(6, 32).SequenceEqual(Retry))
        {
            return Judge(rest, hasChanged);
        }

        var (isNew, isResumed) = Extensions(hello);
        return isNew ? isResumed ? HandshakeKind.Resumed : HandshakeKind.Full
            : rest.Length > 0 ? rest[0] == 11 ? HandshakeKind.Full : HandshakeKind.Resumed // Certificate, or a new ticket
            : hasChanged ? HandshakeKind.Resumed : HandshakeKind.Unknown;
    }

    private static bool TryTake(ReadOnlySpan<byte> messages, out ReadOnlySpan<byte> message, out ReadOnlySpan<byte> rest)
    {
        message = default;
        rest = default;
        if (messages.Length < MessageHeader)
        {
            return false;
        }

        var length = MessageHeader + ((messages[1] << 16) | (messages[2] << 8) | messages[3]);
        if (messages.Length < length)
        {
            return false;
        }

        message = messages[..length];
        rest = messages[length..];
        return true;
    }

    // Version, random, session id, cipher and compression stand before the extensions.
    private static (bool IsTls13, bool IsResumed) Extensions(ReadOnlySpan<byte> hello)
    {
        var (isNew, isResumed) = (false, false);
        var at = MessageHeader + FixedPart;
        at += 1 + hello[at] + 3 + 2;
        while (at + 4 <= hello.Length)
        {
            var type = BinaryPrimitives.ReadUInt16BigEndian(hello[at..]);
            var length = BinaryPrimitives.ReadUInt16BigEndian(hello[(at + 2)..]);
            isNew |= type == SupportedVersions;
            isResumed |= type == PreSharedKey;
            at += 4 + length;
        }

        return (isNew, isResumed);
    }
}
