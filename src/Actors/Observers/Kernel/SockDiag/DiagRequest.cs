using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace ActorLoad.Observers.Kernel.SockDiag;

/// <summary>The bytes of a request (linux/netlink.h, linux/sock_diag.h, linux/inet_diag.h). The sender writes a number of
/// its own at <see cref="SequenceOffset"/>.</summary>
internal static class DiagRequest
{
    public const int HeaderSize = 16;
    public const int SequenceOffset = 8;
    public const ushort TCPDIAG_GETSOCK = 18;
    public const ushort SOCK_DIAG_BY_FAMILY = 20;
    public const byte AF_INET = 2;
    public const byte AF_INET6 = 10;
    public const byte IPPROTO_TCP = 6;

    private const ushort NLM_F_REQUEST = 0x01;
    private const ushort NLM_F_DUMP = 0x300;
    private const int AttributeSize = 4;
    private const ushort INET_DIAG_REQ_BYTECODE = 1;
    private const byte INET_DIAG_BC_JMP = 1;
    private const byte INET_DIAG_BC_S_EQ = 11;
    private const byte INET_DIAG_BC_D_EQ = 12;
    private const uint INET_DIAG_NOCOOKIE = ~0u;

    // A test is its word and a word for the port; a jump is one word.
    private const int TestSize = 8;
    private const int JumpSize = 4;

    /// <summary>All sockets of both families in these states (one bit for each) that have one of the ports at either end. It is the
    /// older message, and the only one with which the kernel goes through its table once for both.</summary>
    public static byte[] OfBothFamilies(ushort messageType, uint states, IReadOnlyList<int> ports)
    {
        // struct inet_diag_req: family, lengths and extensions, addresses, states.
        var request = Create(60, messageType, NLM_F_REQUEST | NLM_F_DUMP, Filter(ports));
        Write(request, HeaderSize + 52, states);
        return request;
    }

    /// <summary>The same of one family.</summary>
    public static byte[] OfFamily(byte family, byte protocol, uint states, IReadOnlyList<int> ports)
    {
        var request = Create(56, SOCK_DIAG_BY_FAMILY, NLM_F_REQUEST | NLM_F_DUMP, Filter(ports));
        WriteStart(request, family, protocol, states);
        return request;
    }

    /// <summary>The one socket that listens for connections to an address and port.</summary>
    public static byte[] OfListener(byte[] address, int port)
    {
        var request = Create(56, SOCK_DIAG_BY_FAMILY, NLM_F_REQUEST, []);
        WriteStart(request, address.Length == 4 ? AF_INET : AF_INET6, IPPROTO_TCP, 1u << (int)TcpState.Listening);
        BinaryPrimitives.WriteUInt16BigEndian(request.AsSpan(HeaderSize + 8), (ushort)port);
        address.CopyTo(request, HeaderSize + 12);
        Write(request, HeaderSize + 48, INET_DIAG_NOCOOKIE);
        Write(request, HeaderSize + 52, INET_DIAG_NOCOOKIE);
        return request;
    }

    private static byte[] Create(int bodySize, ushort type, int flags, byte[] filter)
    {
        var attribute = HeaderSize + bodySize;
        var request = new byte[attribute + (filter.Length > 0 ? AttributeSize + filter.Length : 0)];
        Write(request, 0, (uint)request.Length);
        Write(request, 4, type);
        Write(request, 6, (ushort)flags);
        if (filter.Length > 0)
        {
            Write(request, attribute, (ushort)(AttributeSize + filter.Length));
            Write(request, attribute + 2, INET_DIAG_REQ_BYTECODE);
            filter.CopyTo(request, attribute + AttributeSize);
        }

        return request;
    }

    // struct inet_diag_req_v2: family, protocol, extensions, states, addresses.
    private static void WriteStart(byte[] request, byte family, byte protocol, uint states)
    {
        (request[HeaderSize], request[HeaderSize + 1]) = (family, protocol);
        Write(request, HeaderSize + 4, states);
    }

    // Any of the tests. Each but the last is followed by a jump over all the others, which is what `ss` sends for "or". A test that fails
    // goes on after that jump. The end means yes, and one word past the end means no.
    private static byte[] Filter(IReadOnlyList<int> ports)
    {
        var tests = ports
            .SelectMany(port => new[] { (Code: INET_DIAG_BC_S_EQ, Port: port), (Code: INET_DIAG_BC_D_EQ, Port: port) }).ToList();
        var filter = new byte[(tests.Count * (TestSize + JumpSize)) - JumpSize];
        var at = 0;
        for (var index = 0; index < tests.Count; index++)
        {
            WriteWord(filter, at, tests[index].Code, TestSize, TestSize + JumpSize);
            Write(filter, at + 6, (ushort)tests[index].Port);
            at += TestSize;
            if (index < tests.Count - 1)
            {
                WriteWord(filter, at, INET_DIAG_BC_JMP, JumpSize, filter.Length - at);
                at += JumpSize;
            }
        }

        return filter;
    }

    private static void WriteWord(byte[] filter, int at, byte code, int yes, int no)
    {
        (filter[at], filter[at + 1]) = (code, (byte)yes);
        Write(filter, at + 2, (ushort)no);
    }

    private static void Write<T>(byte[] bytes, int at, T value)
        where T : struct => MemoryMarshal.Write(bytes.AsSpan(at), value);
}
