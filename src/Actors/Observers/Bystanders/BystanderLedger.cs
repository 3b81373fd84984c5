using ActorLoad.Metrics;

namespace ActorLoad.Observers.Bystanders;

/// <summary>Latency of a few steady connections. They PING at a fixed rate before, during and after the storm. A reply's time counts from
/// when its PING was due, and so does the part of the run that it belongs to.</summary>
/// <param name="Connections">Number of connections.</param>
/// <param name="RatePerSecond">PINGs of each in a second.</param>
/// <param name="Before">Answered PINGs before the first burst, microseconds; null if there were none.</param>
/// <param name="During">From the first burst to the end of the last.</param>
/// <param name="After">After it.</param>
/// <param name="WorstStallMicros">Longest wait of a connection for its next reply, outages included.</param>
/// <param name="RecoverySeconds">From the end of the last burst until p99 was back in the band around the baseline; null if it did not
/// come back.</param>
/// <param name="Recovery">The same in a sentence, such as "did not recover in 10 s".</param>
/// <param name="Errors">Number of errors by name: an outcome, or the prefix of an error reply. Errors of the storm are not in it.</param>
/// <param name="Unanswered">PINGs that were due and got no PONG. They are not in the times. The recovery counts them as slower than the
/// band.</param>
/// <param name="Lateness">How late the PINGs of <paramref name="During"/> were sent, in microseconds, because this machine had no processor
/// free. It is part of those times. Null if no PING was sent.</param>
public sealed record BystanderLedger(
    int Connections, double RatePerSecond, LatencySummary? Before, LatencySummary? During, LatencySummary? After, long WorstStallMicros,
    double? RecoverySeconds, string Recovery, IReadOnlyDictionary<string, long> Errors, long Unanswered, LatencySummary? Lateness);
