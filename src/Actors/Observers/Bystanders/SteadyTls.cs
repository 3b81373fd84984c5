using System.Net.Security;
using System.Security.Authentication;
using ActorLoad.Metrics;
using ActorLoad.Resp;
using ActorLoad.Transport.Tls;

namespace ActorLoad.Observers.Bystanders;

/// <summary>TLS over a socket that the bystander polls. It runs on the bystander's thread, within the calls.</summary>
internal sealed class SteadyTls : IDisposable
{
    private readonly TlsWire _wire = new(static () => { });
    private readonly SslStream _stream;
    private readonly SslClientAuthenticationOptions _options;
    private readonly CertificateJudge _judge;
    private readonly Sending _send;
    private readonly byte[] _plain = new byte[4096];
    private Task _running = Task.CompletedTask;
    private bool _isOver;

    /// <summary>TLS with <paramref name="target"/>; <paramref name="send"/> sends encrypted bytes.</summary>
    public SteadyTls(TlsSettings settings, Endpoint target, ServerWords words, TimeProvider time, Sending send)
    {
        (_judge, _send) = (new CertificateJudge(settings, words, time), send);
        _stream = new SslStream(_wire, leaveInnerStreamOpen: false);
        _options = _judge.OptionsFor(target);
    }

    /// <summary>Takes bytes.</summary>
    public delegate void Sending(ReadOnlySpan<byte> bytes);

    /// <summary>True once the handshake is over.</summary>
    public bool IsSecured { get; private set; }

    /// <summary>Begins the handshake.</summary>
    /// <param name="secured">Called when it is over.</param>
    /// <param name="take">Gets what the server says after that.</param>
    /// <param name="fail">Called once, with a word for it, when TLS ends the connection.</param>
    public void Secure(Action secured, Sending take, Action<string> fail)
    {
        _running = RunAsync(secured, take, fail);
        Flush();
    }

    /// <summary>Encrypts and sends bytes.</summary>
    public void Send(ReadOnlySpan<byte> bytes)
    {
        _stream.Write(bytes);
        Flush();
    }

    /// <summary>Takes encrypted bytes of the server.</summary>
    public void Feed(ReadOnlySpan<byte> bytes)
    {
        _wire.Feed(bytes);
        Flush();
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _isOver = true;
        _stream.Dispose();
    }

    private async Task RunAsync(Action secured, Sending take, Action<string> fail)
    {
        try
        {
            await _stream.AuthenticateAsClientAsync(_options, CancellationToken.None).ConfigureAwait(false);
            IsSecured = true;
            secured();
            while (!_isOver && await _stream.ReadAsync(_plain).ConfigureAwait(false) is > 0 and var count)
            {
                take(_plain.AsSpan(0, count));
            }

            if (!_isOver)
            {
                fail(Outcome.PeerClosed.Name());
            }
        }
        catch (Exception cause) when (cause is AuthenticationException or IOException)
        {
            fail($"{Outcome.TlsFailed.Name()} ({_judge.TakeRefusal() ?? TlsTrouble.Of(cause)})");
        }
    }

    private void Flush()
    {
        if (!_isOver && _wire.Unsent is > 0 and var size)
        {
            Span<byte> bytes = new byte[size];
            _wire.TakeUnsent(bytes);
            _send(bytes);
        }

        if (_running.IsFaulted)
        {
            _running.GetAwaiter().GetResult(); // a bug: the bystander's thread reports it
        }
    }
}
