using System.Collections.Immutable;
using ActorLoad.Metrics;

namespace ActorLoad.Diagnosis;

/// <summary>All that the rules of the diagnosis may look at.</summary>
/// <param name="Ledgers">The three ledgers and the bystander's.</param>
/// <param name="Load">What the run did.</param>
/// <param name="Generator">How ActorLoad itself fared.</param>
public sealed record Evidence(Ledgers Ledgers, LoadEvidence Load, GeneratorEvidence Generator);

/// <summary>What the run did, as far as a diagnosis needs it.</summary>
/// <param name="LargestBurst">Connections of the largest burst.</param>
/// <param name="PeakOpen">Most open at once.</param>
/// <param name="MaxOpen">connection.max-open.</param>
/// <param name="Close">connection.close: <c>abort</c> or <c>graceful</c>.</param>
/// <param name="Ports">connection.ports: <c>slot</c> or <c>kernel</c>.</param>
/// <param name="Targets">Addresses that connections go to.</param>
/// <param name="ConnectModes">Connect times near the kernel's SYN retransmits: whole seconds (1, 2, 3, 4, 5, 7 ...) -> connections.</param>
/// <param name="Connected">Connect times that were recorded.</param>
/// <param name="LongConnects">Those that took a second or more, near a whole one or not.</param>
/// <param name="FirstReply">First command sent to its reply, AUTH if there is a password, microseconds; null if nothing was answered.</param>
/// <param name="Total">Due to last reply, microseconds; null if nothing succeeded.</param>
public sealed record LoadEvidence(
    long LargestBurst, long PeakOpen, long MaxOpen, string Close, string Ports, int Targets, IReadOnlyDictionary<int, long> ConnectModes,
    long Connected, long LongConnects, LatencySummary? FirstReply, LatencySummary? Total)
{
    /// <summary>Connections that the run has to each server beside the storm's.</summary>
    public int Observers { get; init; }

    /// <summary>Each target is reached over loopback.</summary>
    public bool IsLoopback { get; init; }

    /// <summary>Index of the phase with the largest bursts.</summary>
    public int LargestPhase { get; init; }

    /// <summary>Different addresses and ports that connections go to.</summary>
    public IReadOnlyList<string> Endpoints { get; init; } = [];

    /// <summary>What was counted of each of them; empty if it was not counted apart.</summary>
    public IReadOnlyList<EndpointCounts> ByEndpoint { get; init; } = [];

    /// <summary>Names with addresses that connections do not go to.</summary>
    public IReadOnlyList<UnusedAddresses> Unused { get; init; } = [];

    /// <summary>Times in which endpoints took no connection.</summary>
    public IReadOnlyList<Absence> Absences { get; init; } = [];

    /// <summary>Those of <see cref="LongConnects"/> for which the line's round trip suffices, without a lost SYN.</summary>
    public long DistantConnects { get; init; }

    /// <summary>SYN sent to established, microseconds; null if nothing was.</summary>
    public LatencySummary? Connect { get; init; }

    /// <summary>Established to last reply, microseconds; null if nothing succeeded.</summary>
    public LatencySummary? Script { get; init; }

    /// <summary>Connections sign in before their script.</summary>
    public bool HasSetup { get; init; }

    /// <summary>observers.interval, seconds: a server that stands still for longer is asked meanwhile.</summary>
    public double AskedEvery { get; init; }

    /// <summary>Commands of the script that may be answered late, or not at all, by a server that is well: <c>BLPOP</c>, <c>CLIENT REPLY</c>.</summary>
    public IReadOnlyList<string> Waits { get; init; } = [];

    /// <summary>connection.reply-timeout, seconds; null if it is not known.</summary>
    public double? ReplyTimeout { get; init; }

    /// <summary>What endpoints said in place of replies, the most frequent first.</summary>
    public IReadOnlyList<StrangeReplies> StrangeReplies { get; init; } = [];

    /// <summary>Errors that servers answered with, as they are kept, by their prefix.</summary>
    public IReadOnlyDictionary<string, ImmutableArray<string>> Said { get; init; } = ImmutableDictionary<string, ImmutableArray<string>>.Empty;

    /// <summary>The user that AUTH names; <c>default</c> if none is.</summary>
    public string User { get; init; } = "default";
}

/// <summary>How ActorLoad itself fared.</summary>
/// <param name="StartLag">Due to started, microseconds; null if nothing started.</param>
/// <param name="DurationSeconds">Length of the run.</param>
/// <param name="BusySeconds">Sum of the times in which bursts were open.</param>
/// <param name="CpuSeconds">CPU of this process while bursts were open, as this and the next three.</param>
/// <param name="LoopCpuSeconds">CPU of the busiest loop's thread; null where it cannot be had.</param>
/// <param name="LoopWaitSeconds">Time that the loops were ready to run and had no core (schedstat); null where it cannot be had.</param>
/// <param name="GcPauseMillis">Pauses of garbage collection.</param>
/// <param name="Loops">Event loops.</param>
/// <param name="Cores">Processors that this process may use.</param>
public sealed record GeneratorEvidence(
    LatencySummary? StartLag, double DurationSeconds, double BusySeconds, double CpuSeconds, double? LoopCpuSeconds, double? LoopWaitSeconds,
    double GcPauseMillis, int Loops, int Cores)
{
    /// <summary>How long what was ready waited for a loop of ours, microseconds; null if nothing was sent.</summary>
    public LatencySummary? LoopLag { get; init; }

    /// <summary>CPU of all loops' threads while bursts were open; null where it cannot be had.</summary>
    public double? LoopsCpuSeconds { get; init; } = LoopCpuSeconds;

    /// <summary>Share of the time in which the loops had work that fell into bursts without a processor for most of it; null where it cannot be had.</summary>
    public double? StarvedShare { get; init; }

    /// <summary>When loops stood still, in order.</summary>
    public IReadOnlyList<LoopPause> Pauses { get; init; } = [];

    /// <summary>Bursts that have ended.</summary>
    public long Bursts { get; init; }

    /// <summary>Those of which not one connection had been started a second after they were due.</summary>
    public long LateBursts { get; init; }

    /// <summary>Due time to the first start of the burst that waited longest, microseconds.</summary>
    public long WorstBurstLag { get; init; }
}
