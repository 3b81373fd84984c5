using System.Runtime.InteropServices;
using ActorLoad.Peers.Requirements;
using ActorLoad.Transport;
using ActorLoad.Transport.Uring;
using Xunit;

namespace ActorLoad.Actors.Tests.Transport;

public sealed class RingTransportSpecs : TransportContractSpecs
{
    private protected override TransportLoop CreateLoop(TimeProvider time, Action<Exception> reportFailure) => Rings.Create(time, reportFailure);
}

public sealed class RingSendingSpecs : SendingContractSpecs
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
    /// <summary>A loop; small queues are for those who want them to be full.</summary>
    public static RingLoop Create(TimeProvider time, Action<Exception> reportFailure, uint submissions = 4096, uint completions = 65536)
    {
        SkipIfNone();
        return new RingLoop("ring", time, reportFailure, submissions, completions) { StopLimit = TimeSpan.FromMinutes(1) };
    }

    /// <summary>A ring alone; it belongs to the thread that asks for it.</summary>
    public static Ring CreateBare(uint submissions, uint completions)
    {
        SkipIfNone();
        return new Ring(submissions, completions);
    }

    /// <summary>Has another file take the place of the ring's descriptor, so that the kernel wants to hear no more of it (EOPNOTSUPP).</summary>
    public static Task BreakAsync(RingLoop loop) => loop.OnLoopAsync(() => Break(loop));

    /// <summary>The same, from code that runs on the loop.</summary>
    public static void Break(RingLoop loop)
    {
        using var other = File.OpenHandle("/dev/null");
        Assert.Equal(loop.Ring.File, Dup2((int)other.DangerousGetHandle(), loop.Ring.File));
    }

    [DllImport("libc", EntryPoint = "dup2", SetLastError = true)]
    private static extern int Dup2(int from, int to);

    public static void SkipIfNone() => Skip.If(RingProbe.Problem(1) is not null && !Requirement.RequireAll, RingProbe.Problem(1));
}
