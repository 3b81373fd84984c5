using System.Collections.Immutable;
using ActorLoad.Metrics;

namespace ActorLoad.Diagnosis;

/// <summary>The input of all rules.</summary>
/// <param name="Ledgers">The three ledgers, and the bystander's.</param>
/// <param name="Load">The load of the run.</param>
/// <param name="Generator">The state of ActorLoad itself.</param>
public sealed record Evidence(Ledgers Ledgers, LoadEvidence Load, GeneratorEvidence Generator);

/// <summary>The load of the run, as far as a diagnosis needs it.</summary>
/// <param name="LargestBurst">Connections of the largest burst.</param>
/// <param name="PeakOpen">Most open at once.</param>
/// <param name="MaxOpen">connection.max-open.</param>
/// <param name="Close">connection.close, as a run file writes it.</param>
/// <param name="Ports">connection.ports: <c>slot</c> or <c>kernel</c>.</param>
/// <param name="Targets">Addresses that connections go to.</param>
/// <param name="ConnectModes">Connect times near the kernel's SYN retransmits: whole seconds (1, 2, 3, 4, 5, 7 ...) -> connections.</param>
/// <param name="Connected">Recorded connect times.</param>
/// <param name="LongConnects">Connect times of a second or more, near a whole second or not.</param>
/// <param name="FirstReply">First command sent to its reply (AUTH, if there is a password), microseconds; null without a reply.</param>
/// <param name="Total">Due to last reply, microseconds; null without a success.</param>
public sealed record LoadEvidence(
    long LargestBurst, long PeakOpen, long MaxOpen, string Close, string Ports, int Targets, IReadOnlyDictionary<int, long> ConnectModes,
    long Connected, long LongConnects, LatencySummary? FirstReply, LatencySummary? Total)
{
    /// <summary>Observers' connections to each server.</summary>
    public int Observers { get; init; }

    /// <summary>connection.source-addresses; null without any.</summary>
    public string? From { get; init; }

    /// <summary>Addresses that connections come from, of all fleets.</summary>
    public int Sources { get; init; } = 1;

    /// <summary>target.cluster = on, so that keys are those of each node.</summary>
    public bool IsCluster { get; init; }

    /// <summary>Each target is reached over loopback.</summary>
    public bool IsLoopback { get; init; }

    /// <summary>The phase with the largest bursts, as <c>--set</c> names it; null if connections of no phase are due together.</summary>
    public string? LargestBursts { get; init; } = "load.0";

    /// <summary>Addresses and ports of all connections, without duplicates.</summary>
    public IReadOnlyList<string> Endpoints { get; init; } = [];

    /// <summary>Counts of each endpoint; empty if not counted apart.</summary>
    public IReadOnlyList<EndpointCounts> ByEndpoint { get; init; } = [];

    /// <summary>Connections that each endpoint would have had if all endpoints were taken in turn, by ADDRESS:PORT.</summary>
    public IReadOnlyDictionary<string, double> FairShares { get; init; } = ImmutableDictionary<string, double>.Empty;

    /// <summary>target.order of the fleets with several endpoints.</summary>
    public IReadOnlyList<string> Orders { get; init; } = [];

    /// <summary>Names with further addresses that the run does not use.</summary>
    public IReadOnlyList<UnusedAddresses> Unused { get; init; } = [];

    /// <summary>Times in which endpoints took no connection.</summary>
    public IReadOnlyList<Absence> Absences { get; init; } = [];

    /// <summary>Connects among <see cref="LongConnects"/> that the line's round trip explains, without a lost SYN.</summary>
    public long DistantConnects { get; init; }

    /// <summary>SYN sent to established, microseconds; null if none was established.</summary>
    public LatencySummary? Connect { get; init; }

    /// <summary>Established to last reply, microseconds; null without a success.</summary>
    public LatencySummary? Script { get; init; }

    /// <summary>Connections sign in before their script.</summary>
    public bool HasSetup { get; init; }

    /// <summary>observers.interval, seconds. The observer asks once in every longer standstill.</summary>
    public double AskedEvery { get; init; }

    /// <summary>Commands of the script that a healthy server may answer late or not at all: <c>BLPOP</c>, <c>CLIENT REPLY</c>.</summary>
    public IReadOnlyList<string> Waits { get; init; } = [];

    /// <summary>connection.reply-timeout, seconds; null if not known.</summary>
    public double? ReplyTimeout { get; init; }

    /// <summary>What endpoints sent instead of replies, the most frequent first.</summary>
    public IReadOnlyList<StrangeReplies> StrangeReplies { get; init; } = [];

    /// <summary>Samples of servers' error replies, by prefix.</summary>
    public IReadOnlyDictionary<string, ImmutableArray<string>> Said { get; init; } =
        ImmutableDictionary<string, ImmutableArray<string>>.Empty;

    /// <summary>The user that AUTH names, or <c>default</c>.</summary>
    public string User { get; init; } = "default";
}

/// <summary>The state of ActorLoad itself.</summary>
/// <param name="StartLag">Due to started, microseconds; null without a start.</param>
/// <param name="DurationSeconds">Length of the run.</param>
/// <param name="BusySeconds">Seconds under load: connections were due or open.</param>
/// <param name="CpuSeconds">CPU of this process under load, as the next three.</param>
/// <param name="LoopCpuSeconds">CPU of the busiest loop's thread; null if not known.</param>
/// <param name="LoopWaitSeconds">Time that the loops were ready to run and had no core (schedstat); null if not known.</param>
/// <param name="GcPauseMillis">Pauses of garbage collection.</param>
/// <param name="Loops">Event loops.</param>
/// <param name="Cores">Processors that this process may use.</param>
public sealed record GeneratorEvidence(
    LatencySummary? StartLag, double DurationSeconds, double BusySeconds, double CpuSeconds, double? LoopCpuSeconds,
    double? LoopWaitSeconds, double GcPauseMillis, int Loops, int Cores)
{
    /// <summary>How long ready operations waited for a loop of ours, microseconds; null if nothing was sent.</summary>
    public LatencySummary? LoopLag { get; init; }

    /// <summary>CPU of all loops' threads under load; null if not known.</summary>
    public double? LoopsCpuSeconds { get; init; } = LoopCpuSeconds;

    /// <summary>Share of the loops' working time that lies in bursts without a processor for most of it; null if not known.</summary>
    public double? StarvedShare { get; init; }

    /// <summary>When loops stood still, in order.</summary>
    public IReadOnlyList<LoopPause> Pauses { get; init; } = [];

    /// <summary>Bursts that have ended.</summary>
    public long Bursts { get; init; }

    /// <summary>Bursts that had no start within a second after they were due.</summary>
    public long LateBursts { get; init; }

    /// <summary>The longest time from due to the first start of a burst, microseconds.</summary>
    public long WorstBurstLag { get; init; }

    /// <summary>Start lag and loop lag of each paced phase, by its name.</summary>
    public IReadOnlyList<(string Phase, LatencySummary StartLag, LatencySummary? LoopLag)> PacedPhases { get; init; } = [];
}
