using System.Net.Sockets;
using ActorLoad.Transport;
using ActorLoad.Transport.Sockets;
using Xunit;

namespace ActorLoad.Actors.Tests.Transport;

public sealed class SocketFaultsSpecs
{
    [Theory]
    [InlineData(SocketError.ConnectionRefused, LinkFault.Refused)]
    [InlineData(SocketError.ConnectionReset, LinkFault.Reset)]
    [InlineData(SocketError.ConnectionAborted, LinkFault.Reset)]
    [InlineData(SocketError.Shutdown, LinkFault.Reset)]
    [InlineData(SocketError.TimedOut, LinkFault.Unanswered)]
    [InlineData(SocketError.HostUnreachable, LinkFault.Unreachable)]
    [InlineData(SocketError.NetworkUnreachable, LinkFault.Unreachable)]
    [InlineData(SocketError.NetworkDown, LinkFault.Unreachable)]
    [InlineData(SocketError.TooManyOpenSockets, LinkFault.LocalExhausted)]
    [InlineData(SocketError.AddressNotAvailable, LinkFault.LocalExhausted)]
    [InlineData(SocketError.AddressAlreadyInUse, LinkFault.LocalExhausted)]
    [InlineData(SocketError.NoBufferSpaceAvailable, LinkFault.LocalExhausted)]
    [InlineData(SocketError.OperationNotSupported, LinkFault.Unknown)]
    public void Every_error_of_the_socket_api_has_a_meaning(SocketError error, LinkFault fault) => Assert.Equal(fault, SocketFaults.From(error));
}
