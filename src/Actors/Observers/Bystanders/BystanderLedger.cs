using ActorLoad.Metrics;

namespace ActorLoad.Observers.Bystanders;

/// <summary>What a few steady connections felt that PING at a fixed rate before, during and after the storm. Times count from when a PING
/// was due, and a PING belongs to the time in which it was due.</summary>
/// <param name="Connections">How many.</param>
/// <param name="RatePerSecond">PINGs of each in a second.</param>
/// <param name="Before">Answered PINGs before the first burst, microseconds; null if there were none.</param>
/// <param name="During">From the first burst to the end of the last.</param>
/// <param name="After">After it.</param>
/// <param name="WorstStallMicros">Longest wait of any one for its next reply, outages included.</param>
/// <param name="RecoverySeconds">From the end of the last burst until p99 was back in the band around the baseline; null if it was
/// not.</param>
/// <param name="Recovery">The same in a sentence, such as "did not recover in 10 s".</param>
/// <param name="Errors">Errors by what they were (an outcome's name, or an error's prefix), apart from those of the storm.</param>
/// <param name="Unanswered">PINGs that were due and brought no PONG: what the errors cost. They are in none of the times; the recovery
/// takes them for slower than any band.</param>
/// <param name="Lateness">How late the PINGs of <paramref name="During"/> were sent, microseconds: this machine's own want of a
/// processor, which is part of those times; null if none was sent.</param>
public sealed record BystanderLedger(
    int Connections, double RatePerSecond, LatencySummary? Before, LatencySummary? During, LatencySummary? After, long WorstStallMicros,
    double? RecoverySeconds, string Recovery, IReadOnlyDictionary<string, long> Errors, long Unanswered, LatencySummary? Lateness);
