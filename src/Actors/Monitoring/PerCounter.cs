namespace ActorLoad.Monitoring;

/// <summary>One value for each useful counter of the machine (of its network namespace).</summary>
/// <param name="Opens">Connections begun from here (<c>ActiveOpens</c>).</param>
/// <param name="Accepts">Connections taken into an accept queue here (<c>PassiveOpens</c>).</param>
/// <param name="Overflows">Connections that found an accept queue full (<c>ListenOverflows</c>).</param>
/// <param name="Drops">SYNs and connections that a listener dropped, overflows included (<c>ListenDrops</c>).</param>
/// <param name="Retransmits">Segments sent again, SYNs included (<c>RetransSegs</c>).</param>
/// <param name="SynRetransmits">SYNs and SYN/ACKs sent again (<c>TCPSynRetrans</c>).</param>
public sealed record PerCounter<T>(T Opens, T Accepts, T Overflows, T Drops, T Retransmits, T SynRetransmits)
{
    /// <summary>The values in the order of <see cref="PerCounter.Names"/>.</summary>
    public IReadOnlyList<T> ToList() => [Opens, Accepts, Overflows, Drops, Retransmits, SynRetransmits];
}

/// <summary>Makes values for each counter.</summary>
public static class PerCounter
{
    /// <summary>The kernel's names.</summary>
    public static IReadOnlyList<string> Names { get; } =
        ["ActiveOpens", "PassiveOpens", "ListenOverflows", "ListenDrops", "RetransSegs", "TCPSynRetrans"];

    /// <summary>The value for each of the kernel's names.</summary>
    public static PerCounter<T> Of<T>(Func<string, T> value) =>
        new(value(Names[0]), value(Names[1]), value(Names[2]), value(Names[3]), value(Names[4]), value(Names[5]));
}
