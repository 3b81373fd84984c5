using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using ActorLoad.Metrics;
using ActorLoad.Resp;
using ActorLoad.Transport.Tls;

namespace ActorLoad.Observers.Server;

/// <summary>Handshakes of observers.</summary>
internal static class TlsGreeting
{
    /// <summary>Speaks TLS over a connected socket. Throws <see cref="ServerUnavailableException"/> if the handshake fails, and closes the
    /// socket then.</summary>
    public static async Task<SslStream> SecureAsync(
        Socket socket, Endpoint endpoint, TlsSettings settings, TimeSpan limit, ServerWords words, TimeProvider time,
        CancellationToken stop)
    {
        var judge = new CertificateJudge(settings, words, time);
        var stream = new SslStream(new NetworkStream(socket, ownsSocket: true), leaveInnerStreamOpen: false);
        try
        {
            await stream.AuthenticateAsClientAsync(judge.OptionsFor(endpoint), stop).ConfigureAwait(false);
            await Task.Yield(); // not on the thread that polls the sockets of the storm
            return stream;
        }
        catch (Exception cause) when (cause is IOException or SocketException or OperationCanceledException or AuthenticationException)
        {
            await Task.Yield();
            await stream.DisposeAsync().ConfigureAwait(false);
            var refusal = judge.TakeRefusal();
            var reason = cause switch
            {
                OperationCanceledException => $"did not end the TLS handshake within {limit.TotalSeconds:0.###} s",
                IOException { InnerException: SocketException { SocketErrorCode: SocketError.ConnectionReset } }
                    => "reset the connection in the TLS handshake",
                IOException => $"ended the TLS handshake ({TlsTrouble.Closed})",
                _ => $"did not pass the TLS handshake ({refusal ?? TlsTrouble.Of(cause)})",
            };
            throw new ServerUnavailableException(reason, cause)
            {
                IsFinal = refusal is not null,
                WasConnected = true,
                Kind = cause is OperationCanceledException ? LossKind.Silence : LossKind.End,
            };
        }
    }

    /// <summary>True if a peer that hangs up on plain RESP answers a ClientHello as a TLS server does. It makes one connection and one
    /// handshake, and nothing else. The certificate does not matter.</summary>
    public static async Task<bool> IsAnsweredAsync(Endpoint endpoint, TimeSpan limit, CancellationToken stop)
    {
        using var until = CancellationTokenSource.CreateLinkedTokenSource(stop);
        until.CancelAfter(limit);
        using var socket = ObserverSocket.For(endpoint);
        try
        {
            await socket.ConnectAsync(endpoint.Place, until.Token).ConfigureAwait(false);
            await using var stream = new SslStream(new NetworkStream(socket), leaveInnerStreamOpen: false);
#pragma warning disable CA5359 // nothing is sent over it
            var options = new SslClientAuthenticationOptions
            { TargetHost = $"{endpoint.Machine}", RemoteCertificateValidationCallback = (_, _, _, _) => true };
            await stream.AuthenticateAsClientAsync(options, until.Token).ConfigureAwait(false);
#pragma warning restore CA5359
            return true;
        }
        catch (Exception cause) when (cause is IOException or SocketException or OperationCanceledException or AuthenticationException
            or ObjectDisposedException)
        {
            return false;
        }
    }
}
