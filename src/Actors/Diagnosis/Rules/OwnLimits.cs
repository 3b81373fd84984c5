using ActorLoad.Diagnosis.Tuning;
using ActorLoad.Metrics;

namespace ActorLoad.Diagnosis.Rules;

/// <summary>What stood in the way of attempts that ended <c>local-exhausted</c>: the outcome does not say whether it was a descriptor or a
/// port, the numbers do.</summary>
/// <param name="Exhausted">Such attempts.</param>
/// <param name="Descriptors">Descriptors that connections could have; null if not known.</param>
/// <param name="Ports">Ports to all targets; null if not known.</param>
internal sealed record OwnLimits(long Exhausted, long? Descriptors, long? Ports)
{
    // What ActorLoad keeps back for itself (DescriptorLimit), and what the runtime has open before the first connection.
    private const long Reserved = 32;
    private const long OfRuntime = 150;

    /// <summary>Descriptors that ActorLoad needs beside its connections.</summary>
    public const long Beside = Reserved + OfRuntime;

    /// <summary>The limits of this machine.</summary>
    public static OwnLimits Of(Evidence evidence) => new(
        evidence.Failed(Outcome.LocalExhausted), evidence.Number(TuningKeys.Descriptors) - Reserved, evidence.Ports() * evidence.Load.Targets);

    /// <summary>Connections that there is room for beside the runtime's own descriptors.</summary>
    public long? Room => Descriptors is { } some ? Math.Max(1, some - OfRuntime) : null;

    /// <summary>True if descriptors ran out and not ports.</summary>
    public bool IsOfDescriptors(Evidence evidence) => Exhausted > 0 && Room is { } room && Wanted(evidence) >= room && room <= (Ports ?? long.MaxValue);

    /// <summary>Connections that the run wanted to have open at once; those that failed at once may never have been.</summary>
    public static long Wanted(Evidence evidence) =>
        Math.Max(Math.Min(evidence.Load.LargestBurst, evidence.Load.MaxOpen), evidence.Load.PeakOpen);
}
