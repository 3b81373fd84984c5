using ActorLoad.Connections;
using ActorLoad.Metrics;
using ActorLoad.Transport;
using Akka.Actor;
using static ActorLoad.Runs.RunProtocol;

namespace ActorLoad.Runs;

/// <summary>A reason to end a run before its load has ended.</summary>
/// <param name="Verdict">The run's verdict.</param>
/// <param name="Reason">The reason, in a sentence.</param>
/// <param name="BlockedLoop">The loop that does not answer; null for other troubles.</param>
internal sealed record RunTrouble(Verdict Verdict, string Reason, int? BlockedLoop = null) : INoSerializationVerificationNeeded
{
    /// <summary>The trouble that a message reports; null for other messages.</summary>
    public static RunTrouble? Of(object message) => message switch
    {
        RunTrouble trouble => trouble,
        StopRun stop => new RunTrouble(Verdict.Interrupted, stop.Reason),
        LaneProtocol.BreakerTripped tripped => new RunTrouble(Verdict.Aborted, tripped.Reason),
        BlockedLoop blocked => new RunTrouble(
            Verdict.Aborted,
            $"loop {blocked.Name} (lane {blocked.Index}) did not answer for "
            + FormattableString.Invariant($"{blocked.Silence.TotalSeconds:0.#} s: ")
            + "something blocks it. What its lane had not reported by then is missing",
            blocked.Index),
        _ => null,
    };

    /// <summary>The trouble of a failed child.</summary>
    public static RunTrouble Escalated(IActorRef child, Exception cause) => new(Verdict.Aborted, cause is ConnectionFailedException failed
        ? $"supervision.{failed.Outcome.Name()}: a connection failed, and the directive for it is escalate"
        : $"a bug in ActorLoad: {child.Path.Name} failed with {cause.GetType().Name}: {cause.Message}");
}
