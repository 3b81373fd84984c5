using ActorLoad.Peers.Requirements;
using ActorLoad.Transport;
using ActorLoad.Transport.Uring;
using Xunit;

namespace ActorLoad.Actors.Tests.Transport;

public sealed class RingTransportSpecs : TransportContractSpecs
{
    private protected override TransportLoop CreateLoop(TimeProvider time, Action<Exception> reportFailure) => Rings.Create(time, reportFailure);
}

public sealed class RingClosingSpecs : ClosingContractSpecs
{
    private protected override TransportLoop CreateLoop(TimeProvider time, Action<Exception> reportFailure) => Rings.Create(time, reportFailure);
}

public sealed class RingLoopSpecs : LoopContractSpecs
{
    private protected override TransportLoop CreateLoop(TimeProvider time, Action<Exception> reportFailure) => Rings.Create(time, reportFailure);
}

/// <summary>Rings to test; where there can be none, the test is skipped with the kernel's reason, unless nothing may be.</summary>
internal static class Rings
{
    public static RingLoop Create(TimeProvider time, Action<Exception> reportFailure)
    {
        Skip.If(RingProbe.Problem(1) is not null && !Requirement.RequireAll, RingProbe.Problem(1));
        return new RingLoop("ring", time, reportFailure);
    }
}
