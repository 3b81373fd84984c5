using System.Net.Sockets;
using ActorLoad.Metrics;
using ActorLoad.Resp;
using ActorLoad.Transport;
using ActorLoad.Transport.Sockets;

namespace ActorLoad.Observers.Bystanders;

/// <summary>One connection of the bystander. It opens, greets (AUTH if there is a password, and a PING that does not count) and PINGs. A
/// lost connection opens again, at a bounded rate. Confined to the bystander's thread; it never waits.</summary>
/// <remarks>Sends each PING when it is due, even if earlier PINGs have no answer. So PINGs queue at the server, and each time counts from
/// its own due time.</remarks>
#pragma warning disable CA1001 // Close disposes what it owns
internal sealed class SteadyConnection(Endpoint target, BystanderSettings settings, PingTally book, TimeProvider time)
#pragma warning restore CA1001
{
    private static readonly SocketSettings _options = new(CloseMode.Abort, KeepAlive: false, NoDelay: true, ReceiveBuffer: 0);

    // The bystander must not storm a server that is down.
    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(250);

    private readonly Credentials _credentials = settings.CredentialsOf(target);
    private readonly PingDialogue _dialogue = new(book);
    private readonly byte[] _buffer = new byte[4096];
    private ReplyScanner _scanner;
    private SteadyTls? _tls;
    private long _startedAt;
    private bool _wasDropped;
    private bool _isNewInStorm;

    /// <summary>The server's endpoint.</summary>
    public Endpoint Target => target;

    /// <summary>The open socket; null if there is none.</summary>
    public Socket? Socket { get; private set; }

    /// <summary>True while it waits for the connect.</summary>
    public bool IsConnecting { get; private set; }

    /// <summary>True if it is connected, and the server has said so with a PONG.</summary>
    public bool IsUp => IsConnected && _dialogue.IsWelcome == true;

    /// <summary>True if anything was asked and not answered yet.</summary>
    public bool IsWaiting => OldestDue is not null;

    /// <summary>When the oldest PING under way was due; null if there is none.</summary>
    public long? OldestDue => _dialogue.OldestDue;

    /// <summary>True once the first attempt was answered, or has failed.</summary>
    public bool HasSettled => _dialogue.IsWelcome is not null || _wasDropped;

    /// <summary>The last failure, or the server's last error; empty if there was none.</summary>
    public string LastFailure { get; private set; } = "";

    /// <summary>Connects begun while the storm was on.</summary>
    public int OpenedInStorm { get; private set; }

    /// <summary>Connects of the storm that the server answered with a PONG: it has received them.</summary>
    public int ReceivedInStorm { get; private set; }

    private bool IsConnected => Socket is not null && !IsConnecting && _tls is not { IsSecured: false };

    /// <summary>Begins a connect.</summary>
    public void Open()
    {
        _startedAt = time.GetTimestamp();
        _isNewInStorm = book.IsInStorm(_startedAt);
        OpenedInStorm += _isNewInStorm ? 1 : 0;
        _scanner = default;
        IsConnecting = true;
        try
        {
            PortLease kernelsChoice = default;
            Socket = ClientSocket.Create(target.Family, _options, ref kernelsChoice);
            Socket.Blocking = false;
            Socket.Connect(target.Place);
        }
        catch (SocketException cause)
            when (target.Address is not null && cause.SocketErrorCode is SocketError.WouldBlock or SocketError.InProgress)
        {
            return; // the connect is under way
        }
        catch (SocketException cause)
        {
            Fail(cause.SocketErrorCode);
            return;
        }

        Greet();
    }

    /// <summary>Takes the finished connect, or the bytes that came.</summary>
    public void HandleReady()
    {
        if (!IsConnecting)
        {
            Receive();
            return;
        }

        var error = (SocketError)(int)Socket!.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.Error)!;
        if (error == SocketError.Success)
        {
            Greet();
        }
        else
        {
            Break(error);
        }
    }

    /// <summary>Sends a PING that is due, or gives it up if there is no connection.</summary>
    public void Ping(long due)
    {
        if (IsConnected)
        {
            _dialogue.Ping(due, time.GetTimestamp());
            Send(BystanderWords.Ping);
        }
        else
        {
            _dialogue.Miss(due);
        }
    }

    /// <summary>Gives up a connect or reply that takes too long, and opens a lost connection again.</summary>
    public void Advance(bool mayOpen)
    {
        if (Socket is null)
        {
            if (mayOpen && time.GetElapsedTime(_startedAt) >= _pause)
            {
                Open();
            }
        }
        else if (IsConnecting)
        {
            FailIfOlder(_startedAt, settings.ConnectTimeout, Outcome.ConnectTimeout);
        }
        else if (_tls is { IsSecured: false })
        {
            FailIfOlder(_startedAt, settings.ConnectTimeout, Outcome.TlsFailed);
        }
        else if (_dialogue.OldestSent is { } since)
        {
            FailIfOlder(since, settings.ReplyTimeout, Outcome.ReplyTimeout);
        }
    }

    /// <summary>Closes with a RST, which leaves nothing in TIME_WAIT. Unanswered PINGs are lost.</summary>
    public void Close()
    {
        _dialogue.End(time.GetTimestamp());
        Drop();
    }

    private void Greet()
    {
        IsConnecting = false;
        if (_credentials.Tls is { } tls)
        {
            _tls = new SteadyTls(tls, target, settings.Words, time, SendOut);
            _tls.Secure(Welcome, bytes => Take(bytes, time.GetTimestamp()), Fail);
        }
        else
        {
            Welcome();
        }
    }

    private void Welcome()
    {
        _dialogue.Greet(withAuth: _credentials.AreGiven, time.GetTimestamp());
        Send([.. _credentials.AuthCommand, .. BystanderWords.Ping]);
    }

    private void Send(byte[] bytes)
    {
        if (_tls is { } tls)
        {
            tls.Send(bytes);
        }
        else
        {
            SendOut(bytes);
        }
    }

    private void SendOut(ReadOnlySpan<byte> bytes)
    {
        var sent = Socket!.Send(bytes, SocketFlags.None, out var error);
        if (error != SocketError.Success)
        {
            Break(error);
        }
        else if (sent < bytes.Length)
        {
            Fail(BystanderWords.SendBufferFull);
        }
    }

    private void Receive()
    {
        var count = Socket!.Receive(_buffer, SocketFlags.None, out var error);
        if (error == SocketError.Success && count > 0)
        {
            TakeIn(_buffer.AsSpan(0, count));
        }
        else if (error != SocketError.WouldBlock)
        {
            End(error);
        }
    }

    // A server that rejects us says why, and we can read that even after its RST. The read's own error is ignored: the kernel reports an
    // error once, and has done so.
    private void Break(SocketError error)
    {
        if (Socket!.Receive(_buffer, SocketFlags.None, out _) is > 0 and var count)
        {
            TakeIn(_buffer.AsSpan(0, count));
        }

        if (Socket is not null)
        {
            End(error);
        }
    }

    private void TakeIn(ReadOnlySpan<byte> bytes)
    {
        if (_tls is { } tls)
        {
            tls.Feed(bytes);
        }
        else
        {
            Take(bytes, time.GetTimestamp());
        }
    }

    private void Take(ReadOnlySpan<byte> bytes, long now)
    {
        for (var unread = bytes; unread.Length > 0;)
        {
            var answer = Answers.Next(ref _scanner, unread, settings.Words, out var used);
            if (answer == Answer.Incomplete)
            {
                return;
            }

            if (!_dialogue.Accept(answer, _scanner.ErrorPrefix, now))
            {
                Fail(Outcome.ProtocolError.Name());
                return;
            }

            unread = unread[used..];
            LastFailure = answer == Answer.Error ? _scanner.ErrorPrefix : LastFailure;
            if (_isNewInStorm && answer == Answer.Pong)
            {
                (_isNewInStorm, ReceivedInStorm) = (false, ReceivedInStorm + 1);
            }
        }
    }

    // Success means that the server has closed.
    private void End(SocketError error)
    {
        if (_dialogue.EndsWithError && (error == SocketError.Success || SocketFaults.From(error) == LinkFault.Reset))
        {
            Drop(); // the server's error was counted already
        }
        else
        {
            Fail(error);
        }
    }

    private void FailIfOlder(long since, TimeSpan limit, Outcome outcome)
    {
        if (time.GetElapsedTime(since) >= limit)
        {
            Fail(outcome.Name());
        }
    }

    // EPIPE: a FIN had come before the RST.
    private void Fail(SocketError error) =>
        Fail(error is SocketError.Success or SocketError.Shutdown ? Outcome.PeerClosed.Name() : BystanderWords.For(error, IsConnecting));

    private void Fail(string word)
    {
        book.Failed(LastFailure = word);
        Drop();
    }

    private void Drop()
    {
        _dialogue.Abandon();
        (IsConnecting, _wasDropped) = (false, true);
        _tls?.Dispose();
        _tls = null;
        Socket?.Dispose();
        Socket = null;
    }
}
