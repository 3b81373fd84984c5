using System.Collections.Immutable;
using ActorLoad.Configuration;
using ActorLoad.Metrics;
using Akka.Actor;

namespace ActorLoad.Runs;

/// <summary>Messages between the host, <see cref="RunManager"/> and <see cref="LoadSupervisor"/>, which live in one process. Messages with
/// a target or a result are not made for the wire (a result travels as its JSON).</summary>
public static class RunProtocol
{
    /// <summary>Carry out a run when its turn comes. Answered with <see cref="RunQueued"/> or <see cref="RunRefused"/>.</summary>
    /// <param name="RunId">Unique, safe in a path: see <see cref="RunIds"/>.</param>
    /// <param name="Settings">Checked settings.</param>
    /// <param name="Target">Opened at the run's turn, disposed at its end.</param>
    /// <param name="Listener">Gets <see cref="RunStarted"/>, each <see cref="RunSnapshot"/> and <see cref="RunEnded"/>.</param>
    public sealed record StartRun(string RunId, RunSettings Settings, ITarget Target, IActorRef Listener)
        : INoSerializationVerificationNeeded
    {
        /// <summary>Limits of a stranger's run; null for an operator's.</summary>
        public RunLimits? Limits { get; init; }

        /// <summary>True if its snapshots shall have <see cref="RunSnapshot.Times"/>.</summary>
        public bool WithTimes { get; init; }
    }

    /// <summary>How long a stranger's run may last and wait, whatever its own settings say.</summary>
    /// <param name="MaxDuration">From its turn, including the opening of its target; then it is stopped as by
    /// <see cref="StopRun"/>.</param>
    /// <param name="MaxWait">In the queue; then it ends without a result.</param>
    public sealed record RunLimits(TimeSpan MaxDuration, TimeSpan MaxWait);

    /// <summary>The run is in the queue; <paramref name="Ahead"/> others come first.</summary>
    public sealed record RunQueued(string RunId, int Ahead);

    /// <summary>The run was refused, with the reason.</summary>
    public sealed record RunRefused(string RunId, string Reason);

    /// <summary>Stop a run, or take it from the queue: its open connections are cancelled, its result still comes. Answered with
    /// <see cref="RunStopping"/> or <see cref="RunUnknown"/>.</summary>
    public sealed record StopRun(string RunId, string Reason);

    /// <summary>The run will end.</summary>
    public sealed record RunStopping(string RunId);

    /// <summary>No such run is queued or active.</summary>
    public sealed record RunUnknown(string RunId);

    /// <summary>Which runs are queued or active? Answered with <see cref="ActiveRuns"/>.</summary>
    public sealed record GetRuns
    {
        /// <summary>The only instance.</summary>
        public static GetRuns Instance { get; } = new();
    }

    /// <summary>The active run (null if there is none) and the waiting ones, in order.</summary>
    public sealed record ActiveRuns(string? Active, ImmutableArray<string> Queued);

    /// <summary>The run's first burst is about to be scheduled.</summary>
    public sealed record RunStarted(string RunId, DateTimeOffset At, RunInfo Run, TargetInfo Target, TransportInfo Transport)
        : INoSerializationVerificationNeeded;

    /// <summary>The run has ended; its last message. <paramref name="Result"/> is null only if it never started.</summary>
    /// <param name="RunId">The run.</param>
    /// <param name="Result">Its result.</param>
    /// <param name="Error">Why there is no result.</param>
    public sealed record RunEnded(string RunId, RunResult? Result, string? Error) : INoSerializationVerificationNeeded;
}
