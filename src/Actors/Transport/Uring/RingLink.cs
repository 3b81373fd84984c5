using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Akka.Actor;
using static ActorLoad.Transport.Uring.Kernel;

namespace ActorLoad.Transport.Uring;

/// <summary>A link over io_uring; see <see cref="Link"/> for the contract.</summary>
internal sealed unsafe class RingLink(RingLoop loop, IActorRef owner, RingSlot slot, IPEndPoint target, SocketSettings settings) : Link
{
    private int _received;
    private int _port;
    private bool _isPending;
    private bool _isOverdue;
    private bool _expired;
    private bool _closed;

    /// <summary>Its place on the ring, until it is closed.</summary>
    public RingSlot Slot => slot;

    public override ReadOnlySpan<byte> Incoming => new(slot.Incoming, _received);

    public override Span<byte> Outgoing(int size) => slot.Room(size);

    /// <summary>Opens the socket and begins the connect.</summary>
    public void Connect(DeadlineQueue deadline)
    {
        var error = OpenSocket(settings.Ports == PortChoice.Slot ? loop.PortOf(slot) : SlotPorts.KernelsChoice);
        if (error != 0)
        {
            Fail(error);
            return;
        }

        deadline.Enter(this);
        PrepareConnect();
    }

    public override void Exchange(int size, DeadlineQueue deadline)
    {
        _isOverdue = false;
        deadline.Enter(this);

        // One chain: the receive begins when the send is done. One completion: a send that succeeds says nothing, one that fails silences
        // its receive.
        loop.Ring.Reserve(2);
        ref var send = ref loop.Ring.Prepare(IORING_OP_SEND, slot.File, slot.UserData(RingOperation.Send));
        (send.Address, send.Length, send.OperationFlags) = ((ulong)slot.Outgoing, (uint)size, MSG_WAITALL_NOSIGNAL);
        send.Flags = IOSQE_IO_LINK | IOSQE_CQE_SKIP_SUCCESS;
        PrepareReceive();
    }

    public override void Receive(DeadlineQueue? deadline)
    {
        if (deadline is not null)
        {
            _isOverdue = false;
            deadline.Enter(this);
        }
        else if (_isOverdue)
        {
            End(new LinkFailed(this, LinkFault.TimedOut));
            return;
        }

        PrepareReceive();
    }

    public override void Close()
    {
        if (_closed)
        {
            return;
        }

        _closed = true;
        DeadlineQueue.Leave(this);
        loop.Close(slot);
    }

    /// <summary>A connect or receive has ended with <paramref name="result"/>: bytes, or a negative errno.</summary>
    public void Complete(RingOperation operation, int result)
    {
        _isPending = false;
        if (_closed || _expired)
        {
            return; // nobody waits for it any more
        }

        if (operation == RingOperation.Connect && result is -EADDRNOTAVAIL or -EADDRINUSE && _port != SlotPorts.KernelsChoice)
        {
            ConnectFromAnotherPort();
        }
        else if (result < 0)
        {
            Fail(-result);
        }
        else if (operation == RingOperation.Connect)
        {
            Answer(new Connected(this));
        }
        else if (result == 0)
        {
            End(new LinkFailed(this, LinkFault.PeerClosed));
        }
        else
        {
            _received = result;
            Answer(new Received(this));
        }
    }

    /// <summary>The ring has failed, and with it what is under way.</summary>
    public void Break(LoopFailedException cause)
    {
        Kernel.Close(slot.File);
        slot.File = RingSlot.NoFile;
        if (_isPending && !_closed && !_expired)
        {
            _isPending = false;
            End(new LinkFailed(this, LinkFault.LoopFailed, cause.Message));
        }
    }

    protected internal override void Expire()
    {
        if (!_isPending)
        {
            _isOverdue = true; // between two parts of a reply: the owner hears of it when it asks for more
            return;
        }

        _expired = true;
        End(new LinkFailed(this, LinkFault.TimedOut));
    }

    private void PrepareConnect()
    {
        var size = SocketAddressWriter.Write(target.Address, target.Port, new Span<byte>(slot.Address, 32));
        ref var connect = ref loop.Ring.Prepare(IORING_OP_CONNECT, slot.File, slot.UserData(RingOperation.Connect));
        (connect.Address, connect.Offset) = ((ulong)slot.Address, (ulong)size);
        _isPending = true;
        slot.Begin(RingOperation.Connect);
    }

    private void PrepareReceive()
    {
        ref var receive = ref loop.Ring.Prepare(IORING_OP_RECV, slot.File, slot.UserData(RingOperation.Receive));
        (receive.Address, receive.Length) = ((ulong)slot.Incoming, (uint)slot.ReceiveBuffer);
        _isPending = true;
        slot.Begin(RingOperation.Receive);
    }

    private void ConnectFromAnotherPort()
    {
        loop.SetAside(_port);
        Kernel.Close(slot.File);
        slot.File = RingSlot.NoFile;
        if (OpenSocket(SlotPorts.KernelsChoice) is var error and not 0)
        {
            Fail(error);
            return;
        }

        PrepareConnect();
    }

    private int OpenSocket(int port)
    {
        var isV6 = target.AddressFamily == AddressFamily.InterNetworkV6;
        var file = Kernel.Socket(isV6 ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        if (file < 0)
        {
            return Marshal.GetLastPInvokeError();
        }

        if (file >= DescriptorLimit.FirstReserved)
        {
            Kernel.Close(file);
            return EMFILE;
        }

        slot.File = file;
        var one = 1;
        if (settings.Close == CloseMode.Abort)
        {
            var linger = new Linger { OnOff = 1, Seconds = 0 };
            SetOption(file, SOL_SOCKET, SO_LINGER, &linger, (uint)sizeof(Linger));
        }

        if (settings.NoDelay)
        {
            SetOption(file, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(int));
        }

        if (settings.KeepAlive)
        {
            SetOption(file, SOL_SOCKET, SO_KEEPALIVE, &one, sizeof(int));
        }

        _port = port != SlotPorts.KernelsChoice && TryBind(file, port) ? port : SlotPorts.KernelsChoice;
        return 0;
    }

    private bool TryBind(int file, int port)
    {
        if (loop.SourceFor(target) is not { } source)
        {
            return false;
        }

        var one = 1;
        SetOption(file, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(int));
        var size = SocketAddressWriter.Write(source, port, new Span<byte>(slot.Address, 32));
        if (Bind(file, slot.Address, (uint)size) == 0)
        {
            return true;
        }

        loop.SetAside(port);
        return false;
    }

    private void Fail(int error) => End(new LinkFailed(this, RingFaults.From(error), $"errno {error}"));

    private void End(LinkFailed failure)
    {
        DeadlineQueue.Leave(this);
        Answer(failure);
    }

    private void Answer(object message)
    {
        CompletedAt = loop.Now;
        owner.Tell(message, ActorRefs.NoSender);
    }
}
