using ActorLoad.Metrics;
using Akka.Actor;
using static ActorLoad.Transport.Uring.Kernel;

namespace ActorLoad.Transport.Uring;

/// <summary>A link over io_uring; see <see cref="Link"/> for the contract.</summary>
internal sealed unsafe class RingLink(
    RingLoop loop, IActorRef owner, RingSlot slot, Endpoint target, SocketSettings settings, PortLease lease) : Link
{
    private int _received;
    private int _sendError;
    private PortLease _lease = lease;
    private bool _isPending;
    private bool _isTaken;
    private bool _isOverdue;
    private bool _expired;
    private bool _isEarly;
    private bool _closed;
    private bool _isGone;

    /// <summary>Its slot, until it is closed.</summary>
    public RingSlot Slot => slot;

    public override ReadOnlySpan<byte> Incoming => new(slot.Incoming, _received);

    public override Span<byte> Outgoing(int size) => slot.Room(size);

    public override bool IsPending => _isPending && !_expired;

    public override bool IsClosed => _isGone;

    /// <summary>Opens the socket and begins the connect.</summary>
    public void Connect(DeadlineQueue deadline)
    {
        if (OpenSocket() is var error and not 0)
        {
            Fail(error, loop.Now);
            return;
        }

        var now = deadline.Enter(this);
        if (target.Path is { } path)
        {
            ConnectAtOnce(path, now);
            return;
        }

        PrepareConnect();
    }

    public override void Exchange(int size, DeadlineQueue deadline)
    {
        _isOverdue = false;
        SentAt = deadline.Enter(this);
        if (_isPending)
        {
            if (RingSocket.SendAtOnce(slot.File, slot.Outgoing, size, ref _sendError) is var left and > 0)
            {
                PrepareSend(RingOperation.Rest, slot.Outgoing + size - left, left);
                slot.Begin(RingOperation.Rest);
            }

            return;
        }

        // One chain: the receive begins when the send is done. One completion: a send that succeeds brings none, and one that fails brings
        // its own in place of the receive's.
        loop.Ring.Reserve(2);
        PrepareSend(RingOperation.Send, slot.Outgoing, size).Flags = IOSQE_IO_LINK | IOSQE_CQE_SKIP_SUCCESS;
        loop.Departures.Add(this);
        PrepareReceive();
    }

    public override void Finish(DeadlineQueue deadline)
    {
        _isOverdue = false;
        SentAt = deadline.Enter(this);
        RingSocket.Finish(slot.File);
        if (!_isPending)
        {
            PrepareReceive();
        }
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

    public override PeerEnd Look() => _closed || slot.File == RingSlot.NoFile ? PeerEnd.None : RingSocket.PeerEndOf(slot.File);

    public override void Reset()
    {
        if (!_closed && slot.File != RingSlot.NoFile)
        {
            RingSocket.CloseAbortively(slot.File);
            if (slot.InFlight == 0)
            {
                slot.CloseFile();
            }
        }

        Close();
    }

    public override PeerEnd CloseAndTell()
    {
        var end = PeerEnd.None;
        if (!_closed && slot.File != RingSlot.NoFile)
        {
            end = RingSocket.PeerEndOf(slot.File);
            if (slot.InFlight == 0)
            {
                slot.CloseFile(); // not with the next entry: the peer's RST may come first, and then ours is not sent
            }
        }

        Close();
        return end;
    }

    /// <summary>What was prepared, a SYN or a command, is handed to the kernel at <paramref name="now"/>.</summary>
    public void Leaves(long now) => SentAt = now;

    /// <summary>The operation has ended, and <see cref="Complete"/> will follow: its deadline no longer counts.</summary>
    public void CompletionTaken(RingOperation operation) =>
        _isTaken |= operation == RingOperation.Rest ? _isEarly : !slot.IsSendingRest;

    /// <summary>A connect or receive has ended.</summary>
    /// <param name="operation">Which of them.</param>
    /// <param name="result">Bytes, or a negative errno.</param>
    /// <param name="takenAt">When its completion was taken from the ring.</param>
    public void Complete(RingOperation operation, int result, long takenAt)
    {
        if (operation == RingOperation.Rest)
        {
            CompleteRest(result);
            return;
        }

        if (slot.IsSendingRest && result >= 0)
        {
            (_received, CompletedAt, _isEarly) = (result, takenAt, true); // the send ends first, as in a chain
            return;
        }

        (_isPending, _isTaken) = (false, false);
        if (_closed || _expired)
        {
            return; // the owner no longer waits for it
        }

        if (operation == RingOperation.Connect && result is -EADDRNOTAVAIL or -EADDRINUSE && _lease.IsHeld)
        {
            ConnectFromAnotherPort(-result, takenAt);
        }
        else if (result < 0)
        {
            _lease.IsUnanswered = operation == RingOperation.Connect && result == -ETIMEDOUT;
            Fail(-result, takenAt);
        }
        else if (operation == RingOperation.Connect)
        {
            Answer(new Connected(this), takenAt);
        }
        else if (result == 0 && _sendError != 0)
        {
            Fail(_sendError, takenAt); // the send has had the socket's error
        }
        else if (result == 0)
        {
            End(new LinkFailed(this, LinkFault.PeerClosed), takenAt);
        }
        else
        {
            _received = result;
            Answer(new Received(this), takenAt);
        }
    }

    /// <summary>The ring has failed, and with it the operation under way.</summary>
    public void Break(LoopFailedException cause)
    {
        slot.CloseFile();
        if (_isPending && !_closed && !_expired)
        {
            _isPending = false;
            End(new LinkFailed(this, LinkFault.LoopFailed, cause.Message), loop.Now);
        }
    }

    // We give up a connect without telling the server, whose answer may be under way: it may still hold the port.
    private void NoteUnanswered()
    {
        if (_isPending && slot.UnderWay == RingOperation.Connect)
        {
            _lease.IsUnanswered = true;
        }
    }

    /// <summary>The socket is closed: its port is free.</summary>
    public void EndLease()
    {
        _isGone = true;
        _lease.End();
    }

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

    // A connect to a Unix socket never waits: the ring would only make it later.
    private void ConnectAtOnce(string path, long now)
    {
        var error = RingSocket.ConnectUnix(slot, path);
        SentAt = now;
        if (error == 0)
        {
            Answer(new Connected(this), loop.Now);
        }
        else
        {
            End(new LinkFailed(this, RingFaults.FromUnixConnect(error), $"errno {error}"), loop.Now);
        }
    }

    private void PrepareConnect()
    {
        var size = SocketAddressWriter.Write(
            target.Address!.Address, target.Address.Port, new Span<byte>(slot.Address, RingSlot.AddressSize));
        ref var connect = ref loop.Ring.Prepare(IORING_OP_CONNECT, slot.File, slot.UserData(RingOperation.Connect));
        (connect.Address, connect.Offset) = ((ulong)slot.Address, (ulong)size);
        loop.Departures.Add(this);
        _isPending = true;
        slot.Begin(RingOperation.Connect);
    }

    // If it failed, the receive beside it ends, too.
    private void CompleteRest(int result)
    {
        _sendError = result < 0 ? -result : _sendError;
        if (_isEarly)
        {
            _isEarly = false;
            Complete(RingOperation.Receive, _received, CompletedAt);
        }
    }

    private ref Submission PrepareSend(RingOperation operation, byte* bytes, int size)
    {
        ref var send = ref loop.Ring.Prepare(IORING_OP_SEND, slot.File, slot.UserData(operation));
        (send.Address, send.Length, send.OperationFlags) = ((ulong)bytes, (uint)size, MSG_WAITALL | MSG_NOSIGNAL);
        return ref send;
    }

    private void PrepareReceive()
    {
        ref var receive = ref loop.Ring.Prepare(IORING_OP_RECV, slot.File, slot.UserData(RingOperation.Receive));
        (receive.Address, receive.Length) = ((ulong)slot.Incoming, (uint)slot.ReceiveBuffer);
        _isPending = true;
        slot.Begin(RingOperation.Receive);
    }

    private void ConnectFromAnotherPort(int refusal, long takenAt)
    {
        if (_isOverdue)
        {
            Fail(refusal, takenAt); // its deadline has left the queue, so nothing would end another connect
            return;
        }

        slot.CloseFile();
        if (OpenSocket() is var error and not 0)
        {
            Fail(error, loop.Now);
            return;
        }

        PrepareConnect();
    }

    private int OpenSocket()
    {
        var error = RingSocket.Open(slot, target.Family, settings, ref _lease);
        settings.NoteOwner(target, _lease.Port);
        return error;
    }

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
