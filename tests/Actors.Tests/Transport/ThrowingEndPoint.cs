using System.Net;
using System.Net.Sockets;

namespace ActorLoad.Actors.Tests.Transport;

/// <summary>An address that cannot be connected to without throwing: an honest bug. Every transport asks for its family first; the socket API
/// alone serializes it, when the socket has been made.</summary>
internal sealed class ThrowingEndPoint(bool hasFamily) : IPEndPoint(IPAddress.Loopback, 1)
{
    private const string Bug = "a bug on purpose";

    public override AddressFamily AddressFamily => hasFamily ? base.AddressFamily : throw new InvalidOperationException(Bug);

    public override SocketAddress Serialize() => throw new InvalidOperationException(Bug);
}
