using System.Net.Security;
using ActorLoad.Metrics;
using ActorLoad.Resp;
using Akka.Actor;

namespace ActorLoad.Transport.Tls;

/// <summary>Opens links that speak TLS for one lane, on any transport. Confined to the lane's loop.</summary>
/// <param name="loop">Opens the links below.</param>
/// <param name="settings">How they speak TLS.</param>
/// <param name="words">Hides secrets in a server's words.</param>
internal sealed class TlsClient(TransportLoop loop, TlsSettings settings, ServerWords words)
{
    /// <summary>Least bytes of one receive: the answer of a server to a ClientHello is of this size.</summary>
    public const int LeastReceive = 4096;

    private readonly Dictionary<string, SslClientAuthenticationOptions> _options = []; // by the endpoint's name, whatever its address
    private readonly Stack<byte[]> _buffers = new();
    private readonly CertificateJudge _judge = new(settings, words, loop.Time);
    private byte[] _outgoing = new byte[512];

    /// <summary>Hides secrets in a server's words.</summary>
    public ServerWords Words => words;

    /// <summary>Begins a connect, whose completion is sent to <paramref name="owner"/> as for any link. <see cref="Link.Secure"/>
    /// follows.</summary>
    public Link Open(IActorRef owner, in LinkRequest request)
    {
        if (!_options.TryGetValue(request.Target.Name, out var options))
        {
            _options.Add(request.Target.Name, options = _judge.OptionsFor(request.Target));
        }

        var link = new TlsLink(this, owner, options);
        link.Connect(loop, request);
        return link;
    }

    /// <summary>Why the certificate of the handshake that fails now was refused; null if it was not.</summary>
    public string? TakeRefusal() => _judge.TakeRefusal();

    /// <summary>A part of a handshake is about to be carried out.</summary>
    public void DoesCryptography() => loop.DoesCryptography();

    /// <summary>Room for bytes until they are encrypted, in the same call.</summary>
    public Span<byte> Outgoing(int size)
    {
        if (_outgoing.Length < size)
        {
            _outgoing = new byte[size];
        }

        return _outgoing.AsSpan(0, size);
    }

    /// <summary>A buffer for decrypted bytes.</summary>
    public byte[] Rent() => _buffers.TryPop(out var buffer) ? buffer : new byte[LeastReceive];

    /// <summary>Takes a buffer back.</summary>
    public void Return(byte[] buffer) => _buffers.Push(buffer);
}
