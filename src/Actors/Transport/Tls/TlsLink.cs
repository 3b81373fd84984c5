using System.Net.Security;
using System.Security.Authentication;
using Akka.Actor;

namespace ActorLoad.Transport.Tls;

/// <summary>A link that speaks TLS over another one, of any transport: it owns that link, and turns its completions into its own. All of
/// it runs on the loop's thread.</summary>
/// <remarks><code>
/// Connect -> Connected -> Secure: ClientHello, the server's flight ... -> Secured | LinkFailed(TlsFailed, why)
///   Exchange: encrypts, sends, receives until a record is whole -> Received
///   Receive: without a buffer until bytes come                  -> Received
///   each of them | LinkFailed of the link below | LinkFailed(TlsFailed) for an alert of the server
/// </code>The client's last flight leaves with its first command, as one send.</remarks>
#pragma warning disable CA1001 // Close disposes what it owns
internal sealed class TlsLink : Link
#pragma warning restore CA1001
{
    private readonly TlsClient _client;
    private readonly IActorRef _owner;
    private readonly SslClientAuthenticationOptions _options;
    private readonly TlsWire _wire;
    private readonly Below _below;
    private Link? _link;
    private SslStream? _stream;
    private DeadlineQueue? _deadline; // of the operation under way
    private DeadlineQueue? _fresh; // the same, until it has begun
    private byte[]? _hello = []; // of the server, until its kind is known
    private HandshakeKind _kind;
    private byte[]? _plain;
    private int _received;
    private bool _isFetching;
    private bool _isPending;
    private bool _isFirstFlight;
    private bool _isSecured;
    private bool _isOver;

    public TlsLink(TlsClient client, IActorRef owner, SslClientAuthenticationOptions options)
    {
        (_client, _owner, _options) = (client, owner, options);
        (_wire, _below) = (new TlsWire(Fetch), new Below(this));
    }

    public override ReadOnlySpan<byte> Incoming => _plain.AsSpan(0, _received);

    public override bool IsPending => _isPending;

    public override bool IsClosed => _link?.IsClosed ?? true;

    public override bool HasUnsent => _wire.Unsent > 0;

    public override Span<byte> Outgoing(int size) => _client.Outgoing(size);

    /// <summary>Begins the connect of the link below.</summary>
    public void Connect(TransportLoop loop, in LinkRequest request) => _link = loop.Open(_below, request);

    // Nothing awaits it: it ends as one message.
    public override async void Secure(DeadlineQueue deadline)
    {
        _deadline = deadline;
        (_isPending, _isFirstFlight) = (true, true);
        _client.DoesCryptography();
        _stream = new SslStream(_wire, leaveInnerStreamOpen: false);
        try
        {
            await _stream.AuthenticateAsClientAsync(_options, CancellationToken.None).ConfigureAwait(false);
            _isSecured = true;
            Answer(new Secured(this, _kind == HandshakeKind.Resumed));
        }
        catch (Exception cause)
        {
            Fail(cause);
        }
    }

    public override void Exchange(int size, DeadlineQueue deadline)
    {
        _deadline = _fresh = deadline;
        try
        {
            _stream!.Write(_client.Outgoing(size));
        }
        catch (Exception cause)
        {
            Fail(cause);
            return;
        }

        Send(); // before the read, which may find bytes that came with the handshake
        if (!_isPending)
        {
            Read(waitsWithoutBuffer: false);
        }
    }

    // The close_notify of TLS stands for the FIN, which must not leave before it: the server answers with both.
    public override void Finish(DeadlineQueue deadline)
    {
        _deadline = deadline;
        var written = _stream!.ShutdownAsync();
        if (!written.IsCompletedSuccessfully)
        {
            Fail(written.Exception?.InnerException ?? new IOException("the close_notify waits"));
            return;
        }

        Send();
        if (!_isPending)
        {
            Read(waitsWithoutBuffer: true);
        }
    }

    public override void Receive(DeadlineQueue? deadline)
    {
        _deadline = deadline ?? _deadline;
        _fresh = deadline;
        Read(waitsWithoutBuffer: true);
    }

    public override void Close()
    {
        _link?.Close();
        End();
    }

    public override PeerEnd Look() => _link?.Look() ?? PeerEnd.None;

    public override void Reset()
    {
        _link?.Reset();
        End();
    }

    public override PeerEnd CloseAndTell()
    {
        var end = _link?.CloseAndTell() ?? PeerEnd.None;
        End();
        return end;
    }

    // The deadline of each operation is that of the link below.
    protected internal override void Expire() => throw new InvalidOperationException("a link over another has no deadline of its own");

    private async void Read(bool waitsWithoutBuffer)
    {
        ReturnPlain();
        _isPending = true;
        try
        {
            if (waitsWithoutBuffer)
            {
                await _stream!.ReadAsync(Memory<byte>.Empty).ConfigureAwait(false);
            }

            _plain = _client.Rent();
            _received = await _stream!.ReadAsync(_plain).ConfigureAwait(false);
            Answer(_received > 0 ? new Received(this) : new LinkFailed(this, LinkFault.PeerClosed));
        }
        catch (Exception cause)
        {
            Fail(cause);
        }
    }

    // Begins an operation of the link below that brings bytes, unless one is under way.
    private void Fetch()
    {
        if (_isFetching)
        {
            return;
        }

        if (HasUnsent)
        {
            Send();
        }
        else
        {
            _isFetching = true;
            var deadline = _fresh;
            _fresh = null;
            _link!.Receive(deadline);
        }
    }

    private void Send()
    {
        var size = _wire.Unsent;
        _wire.TakeUnsent(_link!.Outgoing(size));
        (_isFetching, _fresh) = (true, null);
        _link.Exchange(size, _deadline!);
    }

    private void Take(object message)
    {
        switch (message)
        {
            case Connected connected:
                Stamp(connected.Link, isFirst: true);
                Answer(new Connected(this));
                break;
            case Received received:
                _isFetching = false;
                Stamp(received.Link, isFirst: _isSecured || _isFirstFlight);
                _isFirstFlight = false;
                Feed(received.Link.Incoming);
                break;
            case LinkFailed failed:
                Stamp(failed.Link, isFirst: _stream is null);
                Answer(_stream is null || _isSecured ? failed with { Link = this } : InHandshake(failed));
                break;
        }
    }

    private LinkFailed InHandshake(LinkFailed failed) => failed.Fault switch
    {
        LinkFault.PeerClosed => new LinkFailed(this, LinkFault.TlsFailed, TlsTrouble.Closed),
        LinkFault.TimedOut or LinkFault.Unanswered => new LinkFailed(this, LinkFault.TlsFailed, TlsTrouble.Silent),
        _ => failed with { Link = this },
    };

    private void Feed(ReadOnlySpan<byte> bytes)
    {
        if (_hello is { } before)
        {
            var seen = before.Length == 0 ? bytes : [.. before, .. bytes];
            if (!ServerHello.IsRecord(seen[0]))
            {
                Answer(new LinkFailed(this, LinkFault.TlsFailed, TlsTrouble.OfPlaintext(seen, _client.Words)));
                return;
            }

            _kind = ServerHello.Read(seen);
            _hello = _kind == HandshakeKind.Unknown && seen.Length < ServerHello.Longest ? seen.ToArray() : null;
        }

        if (!_isSecured)
        {
            _client.DoesCryptography();
        }

        _wire.Feed(bytes);
    }

    // Crypto is our own time: it is not in the step.
    private void Stamp(Link link, bool isFirst)
    {
        CompletedAt = link.CompletedAt;
        SentAt = isFirst ? link.SentAt : SentAt;
    }

    private void Fail(Exception cause)
    {
        var isOfTls = cause is AuthenticationException or IOException;
        Answer(isOfTls ? new LinkFailed(this, LinkFault.TlsFailed, _client.TakeRefusal() ?? TlsTrouble.Of(cause))
            : new LinkFailed(this, LinkFault.Unknown, $"{cause}"));
    }

    // One message for each operation, and none after a failure or Close.
    private void Answer(object message)
    {
        if (!_isOver)
        {
            (_isPending, _isOver) = (false, message is LinkFailed);
            _owner.Tell(message, ActorRefs.NoSender);
        }
    }

    private void End()
    {
        (_isPending, _isOver) = (false, true);
        ReturnPlain();
        _stream?.Dispose();
        _stream = null;
    }

    private void ReturnPlain()
    {
        if (_plain is { } buffer)
        {
            (_plain, _received) = (null, 0);
            _client.Return(buffer);
        }
    }

    /// <summary>The owner of the link below: hands its completions on at once, without a mailbox.</summary>
    private sealed class Below(TlsLink link) : MinimalActorRef
    {
        public override ActorPath Path => link._owner.Path;

        public override IActorRefProvider Provider => ((IInternalActorRef)link._owner).Provider;

        protected override void TellInternal(object message, IActorRef sender) => link.Take(message);
    }
}
