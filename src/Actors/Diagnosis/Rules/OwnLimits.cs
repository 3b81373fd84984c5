using ActorLoad.Diagnosis.Tuning;
using ActorLoad.Metrics;

namespace ActorLoad.Diagnosis.Rules;

/// <summary>Why attempts ended <c>local-exhausted</c>: a lack of descriptors, or of ports. The outcome does not say which, the numbers
/// do.</summary>
/// <param name="Exhausted">Attempts with this outcome.</param>
/// <param name="Descriptors">Descriptors that connections could have; null if not known.</param>
/// <param name="Ports">Ports to all targets; null if not known.</param>
internal sealed record OwnLimits(long Exhausted, long? Descriptors, long? Ports)
{
    // Descriptors that ActorLoad reserves (DescriptorLimit), and those that the runtime has before the first connection.
    private const long Reserved = 32;
    private const long OfRuntime = 150;

    /// <summary>Descriptors that ActorLoad needs beside its connections.</summary>
    public const long Beside = Reserved + OfRuntime;

    /// <summary>The limits of this machine.</summary>
    public static OwnLimits Of(Evidence evidence) => new(
        evidence.Failed(Outcome.LocalExhausted), evidence.Number(TuningKeys.Descriptors) - Reserved,
        evidence.Ports() * evidence.Load.Targets);

    /// <summary>Connections that fit beside the runtime's own descriptors.</summary>
    public long? Room => Descriptors is { } some ? Math.Max(1, some - OfRuntime) : null;

    /// <summary>True if descriptors ran out, and not ports.</summary>
    public bool IsOfDescriptors(Evidence evidence) =>
        Exhausted > 0 && Room is { } room && Wanted(evidence) >= room && room <= (Ports ?? long.MaxValue);

    /// <summary>Connections that the run wanted open at once. The peak alone is too low: attempts that fail at once never open.</summary>
    public static long Wanted(Evidence evidence) =>
        Math.Max(Math.Min(evidence.Load.LargestBurst, evidence.Load.MaxOpen), evidence.Load.PeakOpen);
}
