using ActorLoad.Peers.Faults;
using ActorLoad.Peers.Requirements;
using ActorLoad.Transport;
using ActorLoad.Transport.Sockets;
using Xunit;

namespace ActorLoad.Actors.Tests.Transport;

public sealed class RingSlotPortsSpecs : SlotPortsContractSpecs
{
    [LinuxFact]
    public async Task Pending_closes_run_early_for_a_link_that_needs_their_port()
    {
        await using var peer = FaultPeer.Answering();
        var ports = GiveLoop(1);
        await CloseAndOpenAsync(peer);
        Assert.Equal(ports, await LocalPorts.ToAsync(peer.Port, 1));
    }

    private protected override TransportLoop CreateLoop(TimeProvider time, Action<Exception> reportFailure) => Rings.Create(time, reportFailure);
}

public sealed class SocketSlotPortsSpecs : SlotPortsContractSpecs
{
    private protected override TransportLoop CreateLoop(TimeProvider time, Action<Exception> reportFailure) => new SocketLoop(time, reportFailure);
}
