using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;

namespace ActorLoad.Observers.Server;

/// <summary>Finds out whether a peer that hangs up on plain RESP speaks TLS: one connection, one handshake, nothing else.</summary>
internal static class TlsGreeting
{
    /// <summary>True if it answers a ClientHello as a server of TLS does, whatever its certificate and whatever it wants of ours.</summary>
    public static async Task<bool> IsAnsweredAsync(IPEndPoint endpoint, TimeSpan limit, CancellationToken stop)
    {
        using var until = CancellationTokenSource.CreateLinkedTokenSource(stop);
        until.CancelAfter(limit);
        using var socket = new Socket(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, LingerState = new LingerOption(true, 0) };
        try
        {
            await socket.ConnectAsync(endpoint, until.Token).ConfigureAwait(false);
            await using var stream = new SslStream(new NetworkStream(socket), leaveInnerStreamOpen: false);
#pragma warning disable CA5359 // nothing is said over it: it is only asked whether it is TLS
            await stream.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions { TargetHost = $"{endpoint.Address}", RemoteCertificateValidationCallback = (_, _, _, _) => true }, until.Token)
                .ConfigureAwait(false);
#pragma warning restore CA5359
            return true;
        }
        catch (Exception cause) when (cause is IOException or SocketException or OperationCanceledException or AuthenticationException or ObjectDisposedException)
        {
            return false;
        }
    }
}
