using System.Collections.Immutable;
using ActorLoad.Load;
using ActorLoad.Metrics;
using Akka.Actor;
using Akka.Event;

namespace ActorLoad.Connections;

/// <summary>Messages between a load supervisor and its lanes. All of them may cross nodes; times are spans since the run's start.</summary>
public static class LaneProtocol
{
    /// <summary>Open <paramref name="Count"/> connections of a burst, from <paramref name="First"/> on, when it is due.</summary>
    public sealed record OpenBurst(int Burst, int First, int Count, TimeSpan DueAt)
    {
        /// <summary>Connections of the run before this burst. All lanes together use the targets in turn over the whole run.</summary>
        public long Turn { get; init; }

        /// <summary>Number of its phase in the plan.</summary>
        public int Phase { get; init; }
    }

    /// <summary>Open connections <see cref="First"/>, <see cref="First"/> + <see cref="Step"/> ... of a paced phase, each when it is due.
    /// The lane works that out from its plan.</summary>
    /// <param name="Burst">Number of this repetition among all bursts and paced phases of the run.</param>
    /// <param name="Phase">Number of the phase in the plan.</param>
    /// <param name="Repetition">Its repetition, from 0.</param>
    /// <param name="BeginsAt">When it begins.</param>
    public sealed record PacePhase(int Burst, int Phase, int Repetition, TimeSpan BeginsAt)
    {
        /// <summary>The first connection of the lane.</summary>
        public int First { get; init; }

        /// <summary>From one connection of the lane to the next.</summary>
        public int Step { get; init; } = 1;

        /// <summary>As for <see cref="OpenBurst"/>.</summary>
        public long Turn { get; init; }
    }

    /// <summary>Send the counts since the last report to the metrics actor, for interval <paramref name="Sample"/>.</summary>
    public sealed record ReportTally(int Sample)
    {
        /// <summary>True at the end of the run: nothing is open any more, and idle connections are closed.</summary>
        public bool IsLast { get; init; }
    }

    /// <summary>Open nothing more, and cancel open connections. Every burst that has begun still ends.</summary>
    public sealed record Abort
    {
        /// <summary>The only instance.</summary>
        public static Abort Instance { get; } = new();
    }

    /// <summary>Every connection of a lane's share of a burst or paced phase has an outcome, and the time of the phase is over.</summary>
    /// <param name="Lane">Number of the lane.</param>
    /// <param name="Burst">Number of the burst or paced phase.</param>
    /// <param name="Planned">Connections that were due; 0 if the run was stopped before.</param>
    /// <param name="Opened">Connections started.</param>
    /// <param name="Succeeded">Opened connections that succeeded.</param>
    /// <param name="Failed">Opened connections that failed.</param>
    /// <param name="Cancelled">Opened connections that were cancelled.</param>
    /// <param name="FirstStart">First start; null if no connection was opened.</param>
    /// <param name="LastStart">Last start; null if no connection was opened.</param>
    /// <param name="EndedAt">End of the last connection.</param>
    /// <param name="NeverReached">True if every attempt of this lane so far failed before it was established, and no attempt failed because
    /// this machine lacks descriptors or ports.</param>
    public sealed record BurstShareEnded(
        int Lane, int Burst, int Planned, int Opened, int Succeeded, int Failed, int Cancelled,
        TimeSpan? FirstStart, TimeSpan? LastStart, TimeSpan EndedAt, bool NeverReached) : IDeadLetterSuppression
    {
        /// <summary>Idle connections of the pool among the started ones; null without a pool.</summary>
        public int? Reused { get; init; }

        /// <summary>True while some endpoint is untried by all lanes.</summary>
        public bool HasUntriedEndpoint { get; init; }
    }

    /// <summary>An endpoint fails too often: no lane opens another connection to it.</summary>
    /// <param name="Lane">The lane whose breaker tripped.</param>
    /// <param name="Endpoint">ADDRESS:PORT.</param>
    /// <param name="Reason">The breaker's reason.</param>
    public sealed record EndpointGivenUp(int Lane, string Endpoint, string Reason) : IDeadLetterSuppression;

    /// <summary>This lane has stopped opening connections: every endpoint was given up, or the lane's loop has failed.</summary>
    public sealed record BreakerTripped(int Lane, string Reason) : IDeadLetterSuppression
    {
        /// <summary>True if the lane's loop has failed, which every fleet uses.</summary>
        public bool IsLoopLost { get; init; }
    }
}

/// <summary>The settings of a lane.</summary>
/// <param name="Lane">Its number, from 0.</param>
/// <param name="Clock">The run's clock; the loop uses it too.</param>
/// <param name="MaxOpen">Most open connections at once.</param>
/// <param name="Seed">Seed of its randomness.</param>
/// <param name="Connection">Settings of each connection.</param>
/// <param name="Session">Commands of each connection.</param>
/// <param name="Targets">Where connections go, in turn.</param>
/// <param name="Supervision">Rules for failed attempts.</param>
/// <param name="Metrics">Gets the lane's tallies.</param>
public sealed record LaneSettings(
    int Lane, RunClock Clock, int MaxOpen, int Seed, ConnectionSettings Connection, Session Session, ImmutableArray<Endpoint> Targets,
    SupervisionPolicy Supervision, IActorRef Metrics)
{
    /// <summary>The plan of the run: the due times of its paced phases.</summary>
    public RunPlan Plan { get; init; } = new([]);

    /// <summary>The targets as all lanes of the run see them. By default, a lane makes its own.</summary>
    public TargetHealth Health { get; init; } = TargetHealth.Of(Targets);
}
