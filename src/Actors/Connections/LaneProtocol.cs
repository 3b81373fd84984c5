using System.Collections.Immutable;
using ActorLoad.Metrics;
using Akka.Actor;
using Akka.Event;

namespace ActorLoad.Connections;

/// <summary>Messages between a load supervisor and its lanes. All of them may cross nodes; times are spans since the run's start.</summary>
public static class LaneProtocol
{
    /// <summary>Open connections <paramref name="First"/> to <paramref name="First"/> + <paramref name="Count"/> - 1 of a burst when it is due.</summary>
    public sealed record OpenBurst(int Burst, int First, int Count, TimeSpan DueAt)
    {
        /// <summary>Connections of the run before this burst: targets are used in turn over the whole run, by all lanes together.</summary>
        public long Turn { get; init; }
    }

    /// <summary>Send what was counted since the last report to the metrics actor, for interval <paramref name="Sample"/>.</summary>
    public sealed record ReportTally(int Sample);

    /// <summary>Open nothing more, cancel what is open. Every burst that was begun still ends.</summary>
    public sealed record Abort
    {
        /// <summary>The only instance.</summary>
        public static Abort Instance { get; } = new();
    }

    /// <summary>Every connection of a lane's share of a burst has an outcome.</summary>
    /// <param name="Lane">Whose share.</param>
    /// <param name="Burst">Of which burst.</param>
    /// <param name="Planned">Its size; 0 if the run was stopped before it was due.</param>
    /// <param name="Opened">Connections started.</param>
    /// <param name="Succeeded">Of these.</param>
    /// <param name="Failed">Of these.</param>
    /// <param name="Cancelled">Of these.</param>
    /// <param name="FirstStart">First start; null if none was opened.</param>
    /// <param name="LastStart">Last start; null if none was opened.</param>
    /// <param name="EndedAt">When the last one ended.</param>
    /// <param name="NeverReached">True if every attempt of this lane so far failed before it was established, and not for want of our own
    /// descriptors or ports.</param>
    public sealed record BurstShareEnded(
        int Lane, int Burst, int Planned, int Opened, int Succeeded, int Failed, int Cancelled,
        TimeSpan? FirstStart, TimeSpan? LastStart, TimeSpan EndedAt, bool NeverReached) : IDeadLetterSuppression
    {
        /// <summary>True while some endpoint has not been tried by any lane.</summary>
        public bool HasUntriedEndpoint { get; init; }
    }

    /// <summary>An endpoint fails too often: no lane opens another connection to it.</summary>
    /// <param name="Lane">Whose breaker tripped.</param>
    /// <param name="Endpoint">ADDRESS:PORT.</param>
    /// <param name="Reason">What it saw.</param>
    public sealed record EndpointGivenUp(int Lane, string Endpoint, string Reason) : IDeadLetterSuppression;

    /// <summary>Every endpoint was given up, or the lane's loop has failed: this lane has stopped opening connections.</summary>
    public sealed record BreakerTripped(int Lane, string Reason) : IDeadLetterSuppression;
}

/// <summary>What a lane is made of.</summary>
/// <param name="Lane">Its number, from 0.</param>
/// <param name="Clock">The run's, by which its loop lives.</param>
/// <param name="MaxOpen">Most connections that it may have open at once.</param>
/// <param name="Seed">Seed of its randomness.</param>
/// <param name="Connection">What each connection does.</param>
/// <param name="Session">What it sends.</param>
/// <param name="Targets">Where connections go, in turn.</param>
/// <param name="Supervision">What happens when they fail.</param>
/// <param name="Metrics">Who gets its tallies.</param>
public sealed record LaneSettings(
    int Lane, RunClock Clock, int MaxOpen, int Seed, ConnectionSettings Connection, Session Session, ImmutableArray<Endpoint> Targets,
    SupervisionPolicy Supervision, IActorRef Metrics)
{
    /// <summary>What the lanes of the run know together of the targets; a lane that is alone needs none from outside.</summary>
    public TargetHealth Health { get; init; } = TargetHealth.Of(Targets);
}
