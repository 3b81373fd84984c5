using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Akka.Actor;
using static ActorLoad.Transport.Uring.Kernel;

namespace ActorLoad.Transport.Uring;

/// <summary>A link over io_uring; see <see cref="Link"/> for the contract.</summary>
internal sealed unsafe class RingLink(
    RingLoop loop, IActorRef owner, RingSlot slot, IPEndPoint target, SocketSettings settings, PortLease lease) : Link
{
    private int _received;
    private PortLease _lease = lease;
    private bool _isPending;
    private bool _isTaken;
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
        if (OpenSocket() is var error and not 0)
        {
            Fail(error, loop.Now);
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
        (send.Address, send.Length, send.OperationFlags) = ((ulong)slot.Outgoing, (uint)size, MSG_WAITALL | MSG_NOSIGNAL);
        send.Flags = IOSQE_IO_LINK | IOSQE_CQE_SKIP_SUCCESS;
        loop.LeavesWithNextEntry(this);
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
            End(new LinkFailed(this, LinkFault.TimedOut), loop.Now);
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
        NoteUnanswered();
        loop.Close(slot);
    }

    public override PeerEnd CloseAndTell()
    {
        var end = PeerEnd.None;
        if (!_closed && slot.File != RingSlot.NoFile)
        {
            end = AskPeer();
            if (slot.InFlight == 0)
            {
                Kernel.Close(slot.File); // not with the next entry: the peer's RST may come first, and then ours is not sent
                slot.File = RingSlot.NoFile;
            }
        }

        Close();
        return end;
    }

    /// <summary>What was prepared, a SYN or a command, is handed to the kernel at <paramref name="now"/>.</summary>
    public void Leaves(long now) => SentAt = now;

    /// <summary>The operation has ended, and how will be told soon: its deadline no longer counts.</summary>
    public void CompletionTaken() => _isTaken = true;

    /// <summary>A connect or receive has ended with <paramref name="result"/>: bytes, or a negative errno.</summary>
    public void Complete(RingOperation operation, int result)
    {
        (_isPending, _isTaken) = (false, false);
        if (_closed || _expired)
        {
            return; // nobody waits for it any more
        }

        if (operation == RingOperation.Connect && result is -EADDRNOTAVAIL or -EADDRINUSE && _lease.IsHeld)
        {
            ConnectFromAnotherPort(-result);
        }
        else if (result < 0)
        {
            _lease.IsUnanswered = operation == RingOperation.Connect && result == -ETIMEDOUT;
            Fail(-result, loop.TakenAt);
        }
        else if (operation == RingOperation.Connect)
        {
            Answer(new Connected(this), loop.TakenAt);
        }
        else if (result == 0)
        {
            End(new LinkFailed(this, LinkFault.PeerClosed), loop.TakenAt);
        }
        else
        {
            _received = result;
            Answer(new Received(this), loop.TakenAt);
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
            End(new LinkFailed(this, LinkFault.LoopFailed, cause.Message), loop.Now);
        }
    }

    // A connect that nobody answered, and that we give up without a word: the server may have answered, and still hold the port.
    private void NoteUnanswered()
    {
        if (_isPending && slot.UnderWay == RingOperation.Connect)
        {
            _lease.IsUnanswered = true;
        }
    }

    /// <summary>Nothing of the socket is left: its port is free.</summary>
    public void EndLease() => _lease.End();

    protected internal override void Expire()
    {
        if (!_isPending || _isTaken)
        {
            _isOverdue = true; // between two parts of a reply: the owner hears of it when it asks for more
            return;
        }

        _expired = true;
        End(new LinkFailed(this, LinkFault.TimedOut), loop.Now);
    }

    private PeerEnd AskPeer()
    {
        byte state = 0;
        uint size = 1;
        return GetOption(slot.File, TcpInfo.Level, TcpInfo.Option, &state, &size) == 0 ? TcpInfo.PeerEndIn(state) : PeerEnd.None;
    }

    private void PrepareConnect()
    {
        var size = SocketAddressWriter.Write(target.Address, target.Port, new Span<byte>(slot.Address, RingSlot.AddressSize));
        ref var connect = ref loop.Ring.Prepare(IORING_OP_CONNECT, slot.File, slot.UserData(RingOperation.Connect));
        (connect.Address, connect.Offset) = ((ulong)slot.Address, (ulong)size);
        loop.LeavesWithNextEntry(this);
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

    private void ConnectFromAnotherPort(int refusal)
    {
        if (_isOverdue)
        {
            Fail(refusal, loop.TakenAt); // its deadline has left the queue: nothing would end another connect
            return;
        }

        Kernel.Close(slot.File);
        slot.File = RingSlot.NoFile;
        if (OpenSocket() is var error and not 0)
        {
            Fail(error, loop.Now);
            return;
        }

        PrepareConnect();
    }

    private int OpenSocket()
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
        if (!TrySetOptions(file))
        {
            return Marshal.GetLastPInvokeError();
        }

        while (_lease.TryNext() && !TryBind(file))
        {
            // Somebody else has it: the next one.
        }

        return 0;
    }

    // False with errno: without linger zero its close would leave a TIME_WAIT, and the promise is that none does.
    private bool TrySetOptions(int file)
    {
        var linger = new Linger { OnOff = 1, Seconds = 0 };
        return (settings.Close != CloseMode.Abort || SetOption(file, SOL_SOCKET, SO_LINGER, &linger, (uint)sizeof(Linger)) == 0)
            && (!settings.NoDelay || TrySwitchOn(file, IPPROTO_TCP, TCP_NODELAY))
            && (!settings.KeepAlive || TrySwitchOn(file, SOL_SOCKET, SO_KEEPALIVE));
    }

    private static bool TrySwitchOn(int file, int level, int option)
    {
        var on = 1;
        return SetOption(file, level, option, &on, sizeof(int)) == 0;
    }

    // SO_REUSEADDR is a system call that hardly ever matters: it gets us past what others have left in TIME_WAIT, and beside our own connection
    // from the same port to another target. Both ends of that must have it.
    private bool TryBind(int file)
    {
        var size = (uint)SocketAddressWriter.Write(_lease.Source, _lease.Port, new Span<byte>(slot.Address, RingSlot.AddressSize));
        var isShared = _lease.IsShared || settings.Close != CloseMode.Abort;
        if (isShared && !AllowReuse(file))
        {
            return false;
        }

        if (Bind(file, slot.Address, size) == 0)
        {
            return true;
        }

        if (isShared || Marshal.GetLastPInvokeError() != EADDRINUSE)
        {
            return false;
        }

        return AllowReuse(file) && Bind(file, slot.Address, size) == 0;
    }

    private static bool AllowReuse(int file) => TrySwitchOn(file, SOL_SOCKET, SO_REUSEADDR);

    private void Fail(int error, long at) => End(new LinkFailed(this, RingFaults.From(error), $"errno {error}"), at);

    private void End(LinkFailed failure, long at)
    {
        DeadlineQueue.Leave(this);
        Answer(failure, at);
    }

    private void Answer(object message, long at)
    {
        CompletedAt = at;
        owner.Tell(message, ActorRefs.NoSender);
    }
}
