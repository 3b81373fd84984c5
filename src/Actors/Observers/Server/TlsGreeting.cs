using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using ActorLoad.Metrics;

namespace ActorLoad.Observers.Server;

/// <summary>Finds out whether a peer that hangs up on plain RESP speaks TLS. It makes one connection and one handshake, and nothing
/// else.</summary>
internal static class TlsGreeting
{
    /// <summary>True if it answers a ClientHello as a TLS server does. Its certificate does not matter.</summary>
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
