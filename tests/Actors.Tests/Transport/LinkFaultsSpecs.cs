using System.Net.Sockets;
using ActorLoad.Transport;
using ActorLoad.Transport.Sockets;
using ActorLoad.Transport.Uring;
using Xunit;
using static ActorLoad.Transport.Uring.Kernel;

namespace ActorLoad.Actors.Tests.Transport;

/// <summary>One error of the kernel is one fault, whichever transport hears of it: the ring as a number, the socket API under a name of its own.</summary>
public sealed class LinkFaultsSpecs
{
    // As .NET names the numbers on Linux. ENOMEM and others it calls SocketError alone, of which nobody can tell what it was.
    [Theory]
    [InlineData(ECONNREFUSED, SocketError.ConnectionRefused, LinkFault.Refused)]
    [InlineData(ECONNRESET, SocketError.ConnectionReset, LinkFault.Reset)]
    [InlineData(ECONNABORTED, SocketError.ConnectionAborted, LinkFault.Reset)]
    [InlineData(EPIPE, SocketError.Shutdown, LinkFault.Reset)]
    [InlineData(ESHUTDOWN, SocketError.Disconnecting, LinkFault.Reset)]
    [InlineData(ENOTCONN, SocketError.NotConnected, LinkFault.Reset)]
    [InlineData(ETIMEDOUT, SocketError.TimedOut, LinkFault.Unanswered)]
    [InlineData(EHOSTUNREACH, SocketError.HostUnreachable, LinkFault.Unreachable)]
    [InlineData(EHOSTDOWN, SocketError.HostDown, LinkFault.Unreachable)]
    [InlineData(ENETUNREACH, SocketError.NetworkUnreachable, LinkFault.Unreachable)]
    [InlineData(ENETDOWN, SocketError.NetworkDown, LinkFault.Unreachable)]
    [InlineData(EACCES, SocketError.AccessDenied, LinkFault.Unreachable)]
    [InlineData(EPERM, SocketError.AccessDenied, LinkFault.Unreachable)]
    [InlineData(EAFNOSUPPORT, SocketError.AddressFamilyNotSupported, LinkFault.Unreachable)]
    [InlineData(ENOPROTOOPT, SocketError.ProtocolOption, LinkFault.Unreachable)] // ICMP: protocol unreachable
    [InlineData(EOPNOTSUPP, SocketError.OperationNotSupported, LinkFault.Unreachable)]
    [InlineData(EMFILE, SocketError.TooManyOpenSockets, LinkFault.LocalExhausted)]
    [InlineData(ENFILE, SocketError.TooManyOpenSockets, LinkFault.LocalExhausted)]
    [InlineData(EADDRNOTAVAIL, SocketError.AddressNotAvailable, LinkFault.LocalExhausted)]
    [InlineData(EADDRINUSE, SocketError.AddressAlreadyInUse, LinkFault.LocalExhausted)]
    [InlineData(ENOBUFS, SocketError.NoBufferSpaceAvailable, LinkFault.LocalExhausted)]
    [InlineData(EAGAIN, SocketError.WouldBlock, LinkFault.LocalExhausted)]
    [InlineData(EINVAL, SocketError.InvalidArgument, LinkFault.Unreachable)] // a blackhole route
    public void An_error_has_one_meaning_on_both_transports(int number, SocketError name, LinkFault fault) =>
        Assert.Equal((fault, fault), (RingFaults.From(number), SocketFaults.From(name)));

    [Fact]
    public void A_ring_without_memory_for_a_socket_is_a_limit_of_this_machine() => Assert.Equal(LinkFault.LocalExhausted, RingFaults.From(ENOMEM));
}
