using System.Text.Json.Serialization;

namespace ActorLoad.Observers.Kernel;

/// <summary>What one reading of the kernel said, during the run.</summary>
/// <param name="At">When, in seconds from the start of the run.</param>
/// <param name="Retransmits">Segments that the whole host sent again since the moment before (<c>RetransSegs</c>), SYNs included.</param>
public sealed record KernelMoment(double At, long Retransmits)
{
    /// <summary>Most moments of a run in its result.</summary>
    internal const int Most = 300;

    /// <summary>The most connections that waited to be accepted at once since the moment before; null, and absent in JSON, if the target's
    /// listener is not in this namespace.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? AcceptQueue { get; init; }

    /// <summary>Two neighbours as one: the larger queue, and all retransmits.</summary>
    internal static KernelMoment Merge(KernelMoment first, KernelMoment second) =>
        new(second.At, first.Retransmits + second.Retransmits)
        {
            AcceptQueue = first.AcceptQueue is { } a && second.AcceptQueue is { } b
                ? Math.Max(a, b) : first.AcceptQueue ?? second.AcceptQueue,
        };
}
