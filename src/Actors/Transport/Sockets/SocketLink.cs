using System.Net.Sockets;
using ActorLoad.Metrics;
using Akka.Actor;

namespace ActorLoad.Transport.Sockets;

/// <summary>A link over <see cref="Socket"/>; see <see cref="Link"/> for the contract.</summary>
internal sealed class SocketLink(SocketLoop loop, IActorRef owner, SocketSettings settings) : Link
{
    private Socket? _socket;
    private SocketOperation? _operation;
    private PortLease _lease;
    private int _rests; // of commands that the engine still sends beside a receive
    private SocketError _sendError; // of a send beside a receive
    private Pending _pending;
    private bool _expired;
    private bool _isOverdue;
    private bool _closed;
    private bool _isAbortive = settings.IsAbortive;
    private Endpoint _target = null!; // from the connect on

    private enum Pending
    {
        None,
        Connect,
        Send,
        Receive,
    }

    public override ReadOnlySpan<byte> Incoming => _operation is { } operation ? operation.Incoming : default;

    public override Span<byte> Outgoing(int size) => _operation!.Outgoing(size);

    public override bool IsPending => _pending != Pending.None && !_expired;

    public override bool IsClosed => _closed && _operation is null;

    /// <summary>Opens the socket and begins the connect.</summary>
    public void Connect(Endpoint target, DeadlineQueue deadline)
    {
        _lease = PortLease.For(loop.Ports, target, settings);
        _target = target;
        if (!TryOpen())
        {
            return;
        }

        _operation = loop.RentOperation(settings.ReceiveBuffer);
        _operation.Link = this;
        _operation.AimAtNothing();
        _operation.Arguments.RemoteEndPoint = target.Place;
        SentAt = deadline.Enter(this);
        loop.Saw(SentAt);
        Begin(Pending.Connect);
    }

    public override void Exchange(int size, DeadlineQueue deadline)
    {
        _isOverdue = false;
        SentAt = deadline.Enter(this);
        loop.Saw(SentAt);
        if (_pending == Pending.Receive)
        {
            var command = _operation!.Written(size);
            var left = _rests > 0 ? command.Length : ClientSocket.SendAtOnce(_socket!, command, ref _sendError);
            if (left > 0)
            {
                SendRest(command[^left..]);
            }
        }
        else if (_pending == Pending.None)
        {
            _operation!.AimToSend(size);
            Begin(Pending.Send);
        }
    }

    public override void Finish(DeadlineQueue deadline)
    {
        _isOverdue = false;
        SentAt = deadline.Enter(this);
        ClientSocket.TryShutdown(_socket!, SocketShutdown.Send); // if the peer was quicker, the receive tells
        if (_pending == Pending.None)
        {
            _operation!.AimToReceive();
            Begin(Pending.Receive);
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
            End(new LinkFailed(this, LinkFault.TimedOut));
            return;
        }

        _operation!.AimToReceive();
        Begin(Pending.Receive);
    }

    public override void Close()
    {
        if (_closed)
        {
            return;
        }

        _closed = true;
        _lease.IsUnanswered |= _pending == Pending.Connect;
        DeadlineQueue.Leave(this);
        if (_pending == Pending.None)
        {
            Release();
        }
        else if (_isAbortive || _pending == Pending.Connect || !ClientSocket.TryShutdown(_socket!))
        {
            _socket!.Dispose();
        }
    }

    public override PeerEnd Look() => _closed || _socket is null ? PeerEnd.None : ClientSocket.PeerEndOf(_socket);

    public override void Reset()
    {
        if (!_closed && _socket is not null)
        {
            _isAbortive = true;
            ClientSocket.CloseAbortively(_socket);
        }

        Close();
    }

    public override PeerEnd CloseAndTell()
    {
        var end = Look();
        Close();
        return end;
    }

    /// <summary>An operation has ended: on the loop.</summary>
    public void Complete(SocketOperation operation)
    {
        if (operation != _operation)
        {
            _rests--;
            EndRest(operation);
            return;
        }

        var (ended, error) = (_pending, _operation!.Arguments.SocketError);
        _pending = Pending.None;
        CompletedAt = _operation.CompletedAt;
        if (_closed)
        {
            Release();
        }
        else if (_expired)
        {
            // The owner has its answer; what comes now is too late.
        }
        else if (ended == Pending.Connect && error is SocketError.AddressNotAvailable or SocketError.AddressAlreadyInUse && _lease.IsHeld)
        {
            ConnectFromAnotherPort();
        }
        else if (error != SocketError.Success)
        {
            _lease.IsUnanswered = ended == Pending.Connect && error == SocketError.TimedOut;
            Fail(error, ofUnixConnect: _target.Address is null && ended == Pending.Connect);
        }
        else if (ended == Pending.Send)
        {
            _operation.AimToReceive();
            GoOn(Pending.Receive);
        }
        else if (ended == Pending.Receive && _operation.Arguments.BytesTransferred == 0)
        {
            EndReceive();
        }
        else
        {
            Answer(ended == Pending.Connect ? new Connected(this) : new Received(this));
        }
    }

    protected internal override void Expire()
    {
        if (_pending == Pending.None)
        {
            _isOverdue = true; // between two parts of a reply: the owner hears of it when it asks for more
            return;
        }

        _expired = true;
        CompletedAt = loop.Now;
        End(new LinkFailed(this, LinkFault.TimedOut));
    }

    // Begins from a completion, where no caller could catch an exception.
    private void GoOn(Pending operation)
    {
        try
        {
            Begin(operation);
        }
        catch (Exception cause)
        {
            End(new LinkFailed(this, LinkFault.Unknown, cause.Message));
        }
    }

    private bool TryOpen()
    {
        try
        {
            _socket = ClientSocket.Create(_target.Family, settings, ref _lease);
            settings.NoteOwner(_target, _lease.Port);
            return true;
        }
        catch (SocketException cause)
        {
            CompletedAt = loop.Now;
            Fail(cause.SocketErrorCode);
            return false;
        }
    }

    private void ConnectFromAnotherPort()
    {
        _socket!.Dispose();
        if (TryOpen())
        {
            SentAt = loop.Now;
            GoOn(Pending.Connect);
        }
    }

    private void Begin(Pending operation)
    {
        _pending = operation;
        var arguments = _operation!.Arguments;
        bool isUnderWay;
        try
        {
            isUnderWay = operation switch
            {
                Pending.Connect => _socket!.ConnectAsync(arguments),
                Pending.Send => _socket!.SendAsync(arguments),
                _ => _socket!.ReceiveAsync(arguments),
            };
        }
        catch
        {
            // Nothing is under way, and the caller never gets a link that throws while it opens, to close it.
            _pending = Pending.None;
            Close();
            throw;
        }

        if (!isUnderWay)
        {
            _operation.CompletedAt = loop.Now;
            Complete(_operation);
        }
    }

    // The engine sends what it was given whole, and in its order. A send that waits for nothing passes by what the engine still has.
    private void SendRest(ReadOnlySpan<byte> bytes)
    {
        var rest = loop.RentOperation(settings.ReceiveBuffer);
        rest.Link = this;
        bytes.CopyTo(rest.Outgoing(bytes.Length));
        rest.AimToSend(bytes.Length);
        if (_socket!.SendAsync(rest.Arguments))
        {
            _rests++;
        }
        else
        {
            EndRest(rest);
        }
    }

    // If it failed, the receive beside it ends, too.
    private void EndRest(SocketOperation rest)
    {
        _sendError = rest.Arguments.SocketError != SocketError.Success ? rest.Arguments.SocketError : _sendError;
        Return(rest);
    }

    private void EndReceive()
    {
        if (_sendError != SocketError.Success)
        {
            Fail(_sendError); // the send has had the socket's error
        }
        else
        {
            End(new LinkFailed(this, LinkFault.PeerClosed));
        }
    }

    private void Return(SocketOperation operation)
    {
        operation.Link = null;
        loop.ReturnOperation(operation);
    }

    private void Fail(SocketError error, bool ofUnixConnect = false) => End(new LinkFailed(
        this, ofUnixConnect ? SocketFaults.FromUnixConnect(error) : SocketFaults.From(error), error.ToString()));

    private void End(LinkFailed failure)
    {
        DeadlineQueue.Leave(this);
        Answer(failure);
    }

    // The deadline goes on: this may be only the first part of a reply.
    private void Answer(object message)
    {
        owner.Tell(message, ActorRefs.NoSender);
    }

    private void Release()
    {
        _socket?.Dispose();
        _lease.End();
        if (_operation is { } operation)
        {
            _operation = null;
            Return(operation);
        }
    }
}
