using System.Runtime.InteropServices;

namespace ActorLoad.Observers.Kernel.SockDiag;

/// <summary>The bytes of a request for all TCP sockets that have a watched port at either end (linux/netlink.h, linux/inet_diag.h).</summary>
internal static class DiagRequest
{
    public const int HeaderSize = 16;
    public const int SequenceOffset = 8;

    private const int BodySize = 56;
    private const int AttributeSize = 4;
    private const ushort SOCK_DIAG_BY_FAMILY = 20;
    private const ushort NLM_F_REQUEST_DUMP = 0x01 | 0x300;
    private const ushort INET_DIAG_REQ_BYTECODE = 1;
    private const byte INET_DIAG_BC_JMP = 1;
    private const byte INET_DIAG_BC_S_EQ = 11;
    private const byte INET_DIAG_BC_D_EQ = 12;

    // A test is its word and a word for the port; a jump is one word.
    private const int TestSize = 8;
    private const int JumpSize = 4;

    /// <summary>A request; whoever sends it writes a number of its own at <see cref="SequenceOffset"/>.</summary>
    /// <param name="family">AF_INET or AF_INET6.</param>
    /// <param name="protocol">IPPROTO_TCP.</param>
    /// <param name="states">One bit for each state that is asked for.</param>
    /// <param name="ports">The watched ports; at least one.</param>
    public static byte[] Create(byte family, byte protocol, uint states, IReadOnlyList<int> ports)
    {
        var filter = Filter(ports);
        var request = new byte[HeaderSize + BodySize + AttributeSize + filter.Length];
        Write(request, 0, (uint)request.Length);
        Write(request, 4, SOCK_DIAG_BY_FAMILY);
        Write(request, 6, NLM_F_REQUEST_DUMP);
        request[HeaderSize] = family;
        request[HeaderSize + 1] = protocol;
        Write(request, HeaderSize + 4, states);
        Write(request, HeaderSize + BodySize, (ushort)(AttributeSize + filter.Length));
        Write(request, HeaderSize + BodySize + 2, INET_DIAG_REQ_BYTECODE);
        filter.CopyTo(request, HeaderSize + BodySize + AttributeSize);
        return request;
    }

    // Any of the tests: each but the last is followed by a jump over all the others, which is what `ss` sends for "or". One that fails goes on after
    // that jump. The end means yes, one word past it no.
    private static byte[] Filter(IReadOnlyList<int> ports)
    {
        var tests = ports.SelectMany(port => new[] { (Code: INET_DIAG_BC_S_EQ, Port: port), (Code: INET_DIAG_BC_D_EQ, Port: port) }).ToList();
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
