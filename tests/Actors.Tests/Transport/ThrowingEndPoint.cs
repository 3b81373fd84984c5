using System.Net;

namespace ActorLoad.Actors.Tests.Transport;

/// <summary>An address that the socket API cannot connect to without throwing: an honest bug.</summary>
internal sealed class ThrowingEndPoint() : IPEndPoint(IPAddress.Loopback, 1)
{
    public override SocketAddress Serialize() => throw new InvalidOperationException("a bug on purpose");
}
