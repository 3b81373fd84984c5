using System.Net;
using ActorLoad.Observers.Kernel.SockDiag;
using ActorLoad.Transport;
using Xunit;

namespace ActorLoad.Actors.Tests.Transport;

public sealed class FleetPortsSpecs
{
    [Fact]
    public void Targets_with_the_same_port_are_told_apart()
    {
        var ports = new FleetPorts();
        Note(ports, 0, "10.0.0.1:6379", 40_000);
        Note(ports, 1, "10.0.0.2:6379", 40_000);
        Note(ports, 2, "[2001:db8::1]:6379", 40_000);

        Assert.Equal(
            [0, 1, 2, null, null],
            new[] { "10.0.0.1:6379", "10.0.0.2:6379", "[2001:db8::1]:6379", "10.0.0.3:6379", "10.0.0.1:6380" }.Select(target => Of(ports, target, 40_000)));
        Assert.Null(Of(ports, "10.0.0.1:6379", 40_001));
    }

    [Theory]
    [InlineData("0.0.0.0:6379", "127.0.0.1:6379")]
    [InlineData("[::]:6379", "[::1]:6379")]
    public void Target_of_any_address_is_found_at_the_one_it_is_reached_at(string target, string reached)
    {
        var ports = new FleetPorts();
        Note(ports, 1, target, 40_000);

        Assert.Equal(1, Of(ports, reached, 40_000));
    }

    private static void Note(FleetPorts ports, int fleet, string target, int port) =>
        (new SocketSettings(CloseMode.Abort, false, false, 0) { Owner = ports.Owner(fleet) }).NoteOwner(IPEndPoint.Parse(target), port);

    private static int? Of(FleetPorts ports, string target, int port) =>
        ports.Of(WatchedEndpoints.Address(IPEndPoint.Parse(target).Address.GetAddressBytes()), IPEndPoint.Parse(target).Port, port);
}
