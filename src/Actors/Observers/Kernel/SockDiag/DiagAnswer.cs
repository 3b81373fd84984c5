using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace ActorLoad.Observers.Kernel.SockDiag;

/// <summary>Counts the sockets in the kernel's answer to one request, as its pieces come. The answer to a question for one socket is that
/// socket. An answer with many sockets has an end mark.</summary>
internal sealed class DiagAnswer(
    WatchedEndpoints watched, uint sequence, SocketCounts counts, bool isForOne = false, IsOwnEnd? isOurs = null,
    OwnFleets? fleets = null)
{
    private const int ErrorSize = 4;
    private const ushort NLMSG_ERROR = 2;
    private const ushort NLMSG_DONE = 3;
    private const ushort NLM_F_DUMP_INTR = 0x10;

    // struct inet_diag_msg.
    private const int SocketSize = 72;
    private const int LocalPort = 4;
    private const int RemotePort = 6;
    private const int LocalAddress = 8;
    private const int RemoteAddress = 24;
    private const int ReceiveQueue = 56;
    private const int SendQueue = 60;
    private const int Inode = 68;

    /// <summary>True once the kernel has said that the answer is over.</summary>
    public bool IsDone { get; private set; }

    /// <summary>The errno with which the kernel refused or broke off; 0 if it did not.</summary>
    public int Error { get; private set; }

    /// <summary>True if sockets may be missing: the kernel says that its table changed meanwhile, or a piece was malformed.</summary>
    public bool IsTorn { get; private set; }

    /// <summary>Counts one piece. The kernel sent <paramref name="length"/> bytes of it; those that did not fit into the buffer are
    /// lost.</summary>
    public void Take(byte[] buffer, int length)
    {
        var rest = buffer.AsSpan(0, Math.Min(length, buffer.Length));
        IsTorn |= length > buffer.Length;
        while (rest.Length >= DiagRequest.HeaderSize && !IsDone)
        {
            var size = MemoryMarshal.Read<uint>(rest);
            if (size < DiagRequest.HeaderSize || size > (uint)rest.Length)
            {
                break;
            }

            TakeMessage(rest[..(int)size]);
            rest = rest[Math.Min((int)((size + 3) & ~3u), rest.Length)..];
        }

        IsTorn |= rest.Length > 0 && !IsDone;
    }

    private void TakeMessage(ReadOnlySpan<byte> message)
    {
        if (MemoryMarshal.Read<uint>(message[DiagRequest.SequenceOffset..]) != sequence)
        {
            return; // of an answer that was given up
        }

        var body = message[DiagRequest.HeaderSize..];
        IsTorn |= (MemoryMarshal.Read<ushort>(message[6..]) & NLM_F_DUMP_INTR) != 0;
        switch (MemoryMarshal.Read<ushort>(message[4..]))
        {
            case DiagRequest.SOCK_DIAG_BY_FAMILY or DiagRequest.TCPDIAG_GETSOCK when body.Length >= SocketSize: TakeSocket(body); break;
            case NLMSG_ERROR or NLMSG_DONE: TakeEnd(body); break;
            default: IsTorn = true; break;
        }
    }

    // Both carry a negative errno. A dump that went well ends with a number that is not negative.
    private void TakeEnd(ReadOnlySpan<byte> body)
    {
        IsDone = true;
        Error = body.Length >= ErrorSize ? Math.Max(0, -MemoryMarshal.Read<int>(body)) : 0;
    }

    private void TakeSocket(ReadOnlySpan<byte> socket)
    {
        IsDone = isForOne;
        var state = socket[1];
        var localPort = BinaryPrimitives.ReadUInt16BigEndian(socket[LocalPort..]);
        var width = socket[0] == DiagRequest.AF_INET ? 4 : 16;
        var local = WatchedEndpoints.Address(socket.Slice(LocalAddress, width));
        if (state == (byte)TcpState.Listening)
        {
            if (watched.IsListener(localPort, local))
            {
                counts.AddListener(
                    MemoryMarshal.Read<uint>(socket[ReceiveQueue..]), MemoryMarshal.Read<uint>(socket[SendQueue..]),
                    MemoryMarshal.Read<uint>(socket[Inode..]));
            }

            return;
        }

        if (state is 0 or > (byte)TcpState.Closing)
        {
            IsTorn = true;
            return;
        }

        var remotePort = BinaryPrimitives.ReadUInt16BigEndian(socket[RemotePort..]);
        if (watched.IsServer(localPort, local))
        {
            counts.AddServer(state);
            if (fleets?.Of(local, localPort, remotePort) is { } served)
            {
                counts.AddServer(state, served);
            }
        }

        var remote = WatchedEndpoints.Address(socket.Slice(RemoteAddress, width));
        if (watched.IsTarget(remotePort, remote))
        {
            counts.AddClient(state);
            if (fleets?.Of(remote, remotePort, localPort) is { } fleet)
            {
                counts.AddClient(state, fleet);
            }

            if (state == (byte)TcpState.TimeWait && isOurs?.Invoke(socket.Slice(LocalAddress, width), localPort) == false)
            {
                counts.AddForeignTimeWait();
            }
        }
    }
}
