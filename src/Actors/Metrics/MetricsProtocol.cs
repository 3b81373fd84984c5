using Akka.Actor;
using Akka.Event;

namespace ActorLoad.Metrics;

/// <summary>Messages to and from <see cref="MetricsActor"/>. All of them may cross nodes.</summary>
public static class MetricsProtocol
{
    /// <summary>From the load supervisor: interval <paramref name="Sample"/> ends; each lane will report for it.</summary>
    public sealed record BeginSample(int Sample, RunProgress Progress);

    /// <summary>From a lane: its counts since its last report, and its open connections.</summary>
    /// <param name="Lane">Its number.</param>
    /// <param name="Sample">The requested interval.</param>
    /// <param name="Tallies">The difference since its last report, for each phase that counted.</param>
    /// <param name="PeakOpen">Its most open connections so far.</param>
    public sealed record TallyReported(int Lane, int Sample, IReadOnlyList<PhaseTally> Tallies, long PeakOpen) : IDeadLetterSuppression;

    /// <summary>Ask for a <see cref="RunSnapshot"/> each interval.</summary>
    /// <param name="Subscriber">Gets them.</param>
    /// <param name="WithTimes">True to have <see cref="RunSnapshot.Times"/> in them.</param>
    public sealed record Subscribe(IActorRef Subscriber, bool WithTimes = false);

    /// <summary>From the load supervisor: every lane reports for the last time under <paramref name="Sample"/>.</summary>
    /// <param name="Sample">The last interval.</param>
    /// <param name="Progress">The progress of the run.</param>
    /// <param name="IsCutOff">True if the run was given up with open connections: they count as cancelled.</param>
    public sealed record Complete(int Sample, RunProgress Progress, bool IsCutOff = false);

    /// <summary>From the load supervisor: do not wait for missing lanes any longer, and sum up the received reports. Connections that were
    /// open by the last report count as cancelled.</summary>
    public sealed record CompleteNow
    {
        /// <summary>The only instance.</summary>
        public static CompleteNow Instance { get; } = new();
    }

    /// <summary>Answer to <see cref="Complete"/>, once the last reports are merged.</summary>
    public sealed record Completed(RunSnapshot Totals, IReadOnlyList<Sample> Samples, SocketFacts Sockets);
}
