namespace ActorLoad.Metrics;

/// <summary>When the things in one connection's life happened: timestamps of the loop's clock in its ticks, 0 for what did not
/// happen. A clock whose first timestamp is 0 must be started later.</summary>
public struct Timings
{
    private const long MicrosPerSecond = 1_000_000;

    /// <summary>When the connection should have started.</summary>
    public long Due { get; set; }

    /// <summary>Start of its first attempt.</summary>
    public long Started { get; set; }

    /// <summary>Start of its last attempt.</summary>
    public long AttemptStarted { get; set; }

    /// <summary>The last attempt's connection was established.</summary>
    public long Connected { get; set; }

    /// <summary>The last attempt's TLS handshake was done.</summary>
    public long TlsDone { get; set; }

    /// <summary>The last attempt's first complete reply.</summary>
    public long FirstReply { get; set; }

    /// <summary>The last attempt's latest complete reply.</summary>
    public long LastReply { get; set; }

    /// <summary>The connection ended, as a failure or a success; needed for the total of a failure.</summary>
    public long Ended { get; set; }

    /// <summary>An attempt starts: what the one before it reached no longer counts, but the first start does.</summary>
    public void BeginAttempt(long now)
    {
        if (Started == 0)
        {
            Started = now;
        }

        AttemptStarted = now;
        Connected = TlsDone = FirstReply = LastReply = 0;
    }

    /// <summary>Length of a step in whole microseconds, 0 or more; null if the connection did not come through it.</summary>
    /// <param name="step">Which.</param>
    /// <param name="outcome">How the connection ended: a success ends with its last reply (with its connection, if the script is
    /// empty), anything else when it <see cref="Ended"/>.</param>
    /// <param name="frequency">Clock ticks in a second.</param>
    public readonly long? Micros(Step step, Outcome outcome, long frequency) => step switch
    {
        Step.StartLag => Between(Due, Started, frequency),
        Step.Connect => Between(AttemptStarted, Connected, frequency),
        Step.Tls => Between(Connected, TlsDone, frequency),
        Step.FirstReply => Between(Ready, FirstReply, frequency),
        Step.Script => Between(Ready, LastReply, frequency),
        Step.Total => Between(Due, outcome != Outcome.Succeeded ? Ended : LastReply != 0 ? LastReply : Ready, frequency),
        _ => throw new ArgumentOutOfRangeException(nameof(step), step, "not a step"),
    };

    private readonly long Ready => TlsDone != 0 ? TlsDone : Connected;

    // Seconds and their rest apart: ticks times a million would overflow after 2.5 hours of a nanosecond clock.
    private static long? Between(long from, long to, long frequency) =>
        to == 0 ? null : Math.Max(0, ((to - from) / frequency * MicrosPerSecond) + ((to - from) % frequency * MicrosPerSecond / frequency));
}
