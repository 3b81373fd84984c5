namespace ActorLoad.Metrics;

/// <summary>The times of one connection's events: timestamps of the loop's clock in its ticks, 0 for an event that did not happen. A
/// clock with a first timestamp of 0 must be started later.</summary>
public struct Timings
{
    private const long MicrosPerSecond = 1_000_000;

    /// <summary>When the connection should have started.</summary>
    public long Due { get; set; }

    /// <summary>Start of its first attempt.</summary>
    public long Started { get; set; }

    /// <summary>Start of its last attempt.</summary>
    public long AttemptStarted { get; set; }

    /// <summary>The last attempt's SYN was sent; 0 counts as the attempt's start.</summary>
    public long SynSent { get; set; }

    /// <summary>The last attempt's connection was established.</summary>
    public long Connected { get; set; }

    /// <summary>The last attempt's ClientHello was sent.</summary>
    public long HelloSent { get; set; }

    /// <summary>The last attempt's TLS handshake was over; 0 without TLS.</summary>
    public long Secured { get; set; }

    /// <summary>The last attempt's setup was sent; 0 counts as the moment when the connection was established.</summary>
    public long SetupSent { get; set; }

    /// <summary>The last attempt's setup had its complete reply.</summary>
    public long SetupDone { get; set; }

    /// <summary>The last attempt's first command of the script was sent; 0 counts as the moment when the connection was ready.</summary>
    public long FirstSent { get; set; }

    /// <summary>The last attempt's first complete reply.</summary>
    public long FirstReply { get; set; }

    /// <summary>The last attempt's latest complete reply.</summary>
    public long LastReply { get; set; }

    /// <summary>The pause before the command under way was over; 0 if there was none.</summary>
    public long Resumed { get; set; }

    /// <summary>The last attempt finished its script and began to hold.</summary>
    public long HoldStarted { get; set; }

    /// <summary>Length of all holds that a failure ended, in ticks; not part of the total.</summary>
    public long Held { get; set; }

    /// <summary>A served connection was cut, and no attempt since was answered.</summary>
    public long CutAt { get; set; }

    /// <summary>The connection was established by an earlier use, and taken over when it was <see cref="Connected"/>.</summary>
    public bool IsBorrowed { get; set; }

    /// <summary>The connection ended in failure or success; needed for the total of a failure.</summary>
    public long Ended { get; set; }

    /// <summary>When the last attempt's connection was ready for use.</summary>
    public readonly long Ready => SetupDone != 0 ? SetupDone : Open;

    /// <summary>When the last attempt's connection could take bytes of ours.</summary>
    public readonly long Open => Secured != 0 ? Secured : Connected;

    /// <summary>An attempt starts. The times of the one before no longer count, except the first start.</summary>
    public void BeginAttempt(long now)
    {
        if (Started == 0)
        {
            Started = now;
        }

        AttemptStarted = now;
        IsBorrowed = false;
        SynSent = Connected = HelloSent = Secured = SetupSent = SetupDone = FirstSent = FirstReply = LastReply = Resumed = HoldStarted = 0;
    }

    /// <summary>A failure at <paramref name="now"/> ends a possible hold.</summary>
    public void EndHold(long now, out bool wasHolding)
    {
        wasHolding = HoldStarted != 0;
        Held += wasHolding ? Math.Max(0, now - HoldStarted) : 0;
        HoldStarted = 0;
    }

    /// <summary>Length of a step of the last attempt in whole microseconds, 0 or more. Null if the connection did not complete it, or if
    /// the step belongs to no single attempt (<see cref="Step.Recovery"/>, <see cref="Step.Close"/>, <see cref="Step.LoopLag"/>).</summary>
    /// <param name="step">The step.</param>
    /// <param name="outcome">The total of a success ends with the last reply (with the connection, if the script is empty). Any other total
    /// ends at <see cref="Ended"/>.</param>
    /// <param name="frequency">Clock ticks per second.</param>
    public readonly long? Micros(Step step, Outcome outcome, long frequency) => step switch
    {
        Step.StartLag => Between(Due, Started, frequency),
        Step.Connect => IsBorrowed ? null : Between(SynSent != 0 ? SynSent : AttemptStarted, Connected, frequency),
        Step.Tls => Between(HelloSent, Secured, frequency),
        Step.Setup => Between(SetupSent != 0 ? SetupSent : Open, SetupDone, frequency),
        Step.FirstReply => Between(FirstSent != 0 ? FirstSent : Ready, FirstReply, frequency),
        Step.Script => Between(Ready, LastReply, frequency),
        Step.Total => Between(Due + Held, outcome != Outcome.Succeeded ? Ended : LastReply != 0 ? LastReply : Ready, frequency),
        Step.Recovery or Step.Close or Step.LoopLag => null,
        _ => throw new ArgumentOutOfRangeException(nameof(step), step, "not a step"),
    };

    /// <summary>Microseconds between two time stamps, 0 or more; null if the second did not happen.</summary>
    // Seconds and the rest apart: ticks times a million would overflow after 2.5 hours of a nanosecond clock.
    public static long? Between(long from, long to, long frequency) =>
        to == 0 ? null : Math.Max(0, ((to - from) / frequency * MicrosPerSecond) + ((to - from) % frequency * MicrosPerSecond / frequency));
}
