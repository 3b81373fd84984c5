using ActorLoad.Diagnosis.Tuning;
using ActorLoad.Metrics;
using ActorLoad.Observers.Server;

namespace ActorLoad.Diagnosis.Rules;

/// <summary>The numbers tell of this machine: ActorLoad could not do what it was told when it was told to.</summary>
/// <remarks>
/// This one changes the verdict, so it asks for more than that something was busy. A burst keeps the loop at work as it keeps the server, and
/// a start lag of a tenth of a second belongs to every burst of thousands; both are in <c>total</c>, and said in the report. What makes the
/// numbers worthless is another thing: that mostly our own waiting was measured. The bounds are shares of the time in which bursts were open,
/// and that must be a second at least: a shorter one is compilation and chance. A loop that stood still needs no share: it says by itself what was
/// not measured then.
/// </remarks>
internal sealed class GeneratorLimited : IRule
{
    /// <summary>Name of the findings of this rule.</summary>
    public const string RuleName = "generator-limited";

    private const double Shortest = 1;

    /// <summary>Most of the time in which a loop has work that it may stand in the scheduler's queue.</summary>
    /// <remarks>Beyond three fifths, what it measures takes more than twice as long as it would. A server and ActorLoad on two cores wait for each other
    /// for two fifths.</remarks>
    public const double MostWait = 0.6;

    // How long the loop slept in between does not matter, but it must have had something to do. And bursts that each lacked the processor must have been
    // most of it: a neighbour that is at work during the first ones, as a compiler after a build is, leaves the others as they are.
    private const double LeastWork = 0.25;
    private const double MostStarved = 0.5;

    // The loop never waited for anybody: the pace was its own. Only where the server had time left; else both were at their end.
    private const double MostLoop = 0.95;
    private const double IdleServer = 0.8;

    // All processors at work for ActorLoad itself.
    private const double MostCpu = 0.9;

    private const double MostGc = 0.1;

    // More than half of what `total` shows is the wait for the first attempt, and that is seconds: nobody asked for such a storm.
    private const double MostLag = 0.5;
    private const long LongLag = 1_000_000;

    public string Name => RuleName;

    /// <summary>True if the rule has something to say.</summary>
    public static bool IsLimited(Evidence evidence) => Reasons(evidence).Any();

    public Finding? Judge(Evidence evidence)
    {
        var reasons = Reasons(evidence).ToArray();
        var own = evidence.Generator;
        var told = OwnPauses.Without(evidence);
        var timeouts = Timeouts(evidence) - (IsLimited(told) ? 0 : Timeouts(told));
        return reasons.Length == 0 ? null : new Finding(
            Name, timeouts > 0 ? Severity.Error : Severity.Warning, // who gets no processor reads replies too late
            $"ActorLoad itself was the limit: {string.Join("; ", reasons)}"
            + (timeouts > 0 ? $"; {timeouts.Of("attempt")} timed out meanwhile" : "")
            + (OwnPauses.Matter(evidence) && evidence.CountedAtServer("ListenOverflows") is var overflows and > 0
                ? $"; what had become due came all at once then, and the accept queue overflowed {overflows.Of("time")}" : ""),
            new Dictionary<string, double>
            {
                ["busySeconds"] = own.BusySeconds,
                ["cpuSeconds"] = own.CpuSeconds,
                ["loopCpuSeconds"] = own.LoopCpuSeconds ?? 0,
                ["loopWaitSeconds"] = own.LoopWaitSeconds ?? 0,
                ["gcPauseMillis"] = own.GcPauseMillis,
                ["startLagP50Micros"] = own.StartLag?.P50 ?? 0,
                ["startLagP99Micros"] = own.StartLag?.P99 ?? 0,
                ["timeouts"] = timeouts,
                ["pauses"] = own.Pauses.Count,
                ["pausedSeconds"] = own.Pauses.Sum(pause => pause.Seconds),
                ["lateBursts"] = own.LateBursts,
                ["worstBurstLagMicros"] = own.WorstBurstLag,
            },
            [
                Remedies.AnotherMachine($"{((long)own.Cores).Of("core")}{(evidence.Ledgers.Kernel?.SeesServer == true ? ", shared with the server" : "")}"),
                .. own.Loops < own.Cores - 1 ? [Remedies.Loops(own.Loops, own.Cores - 1)] : Array.Empty<Remedy>(),
            ])
        {
            Explains = timeouts,
        };
    }

    private static long Timeouts(Evidence evidence) => evidence.Failed(Outcome.ReplyTimeout) + evidence.Failed(Outcome.ConnectTimeout);

    // Who cannot be seen may have been at its end.
    private static bool HadServerTime(IReadOnlyList<ServerLedger> servers) =>
        servers.Count > 0 && servers.All(server => server.PeakMainThreadShare < IdleServer);

    private static IEnumerable<string> Reasons(Evidence evidence)
    {
        var own = evidence.Generator;
        if (OwnPauses.Matter(evidence))
        {
            yield return $"it stood still {OwnPauses.Sentence(evidence)}";
        }

        if (own.LateBursts > 0)
        {
            yield return $"{own.LateBursts.Text()} of {own.Bursts.Of("burst")} began a second or more after {(own.LateBursts == 1 ? "it was" : "they were")} due, "
                + $"at worst {own.WorstBurstLag.Span()}";
        }

        if (own.BusySeconds < Shortest)
        {
            yield break;
        }

        if (own.LoopsCpuSeconds + own.LoopWaitSeconds is { } wanted && wanted >= LeastWork && own.LoopWaitSeconds / wanted is { } wait && wait > MostWait
            && own.StarvedShare > MostStarved)
        {
            yield return $"its loop had no processor for {wait.Percent()} of the time in which it had work "
                + $"(it ran for {own.LoopsCpuSeconds!.Value.Seconds()} and waited for {own.LoopWaitSeconds!.Value.Seconds()})";
        }

        if (own.LoopCpuSeconds / own.BusySeconds is { } loop && loop > MostLoop && HadServerTime(evidence.Ledgers.Servers))
        {
            yield return $"its loop was at work for {loop.Percent()} of the time in which bursts were open, so the pace was its own";
        }

        if (own.CpuSeconds / (own.BusySeconds * own.Cores) is var cpu && cpu > MostCpu)
        {
            yield return $"it used {cpu.Percent()} of {((long)own.Cores).Of("core")} while bursts were open";
        }

        if (own.GcPauseMillis / 1000 / own.BusySeconds is var pauses && pauses > MostGc)
        {
            yield return $"garbage collection stopped it for {pauses.Percent()} of the time in which bursts were open";
        }

        if (own.StartLag is { P99: >= LongLag } lag && evidence.Load.Total is { } total && lag.P50 >= total.P50 * MostLag)
        {
            yield return $"connections started {lag.P50.Span()} late at the median (p99 {lag.P99.Span()}), which is most of their total of {total.P50.Span()}";
        }
    }
}
