using ActorLoad.Diagnosis.Tuning;
using ActorLoad.Metrics;
using ActorLoad.Observers.Server;

namespace ActorLoad.Diagnosis.Rules;

/// <summary>ActorLoad could not start or read connections on time: the numbers describe its own machine.</summary>
/// <remarks>
/// This rule changes the verdict, so a busy loop is not enough. A burst keeps the loop busy as it keeps the server busy. Every burst of
/// thousands has a start lag of a tenth of a second. The report shows both, and <c>total</c> includes them. The numbers are worthless only
/// if they are mostly our own waiting. The bounds are shares of the time under load. That time must be at least a second:
/// a shorter one shows mostly compilation and chance. A loop that stood still needs no share: its pauses show what was not measured.
/// </remarks>
internal sealed class GeneratorLimited : IRule
{
    /// <summary>Name of the findings of this rule.</summary>
    public const string RuleName = "generator-limited";

    private const double Shortest = 1;

    /// <summary>Largest share of its working time that a loop may wait for a processor.</summary>
    /// <remarks>Above three fifths, measured times more than double. A server and ActorLoad on two cores wait two fifths for each
    /// other.</remarks>
    public const double MostWait = 0.6;

    // The loop must have had something to do; its sleep in between does not matter.
    // Most of its work must lie in bursts that lacked the processor. A neighbour that is busy only during the first bursts, such as a
    // compiler after a build, leaves the others as they are.
    private const double LeastWork = 0.25;
    private const double MostStarved = 0.5;

    // The loop was always busy, so it set the pace. This counts only if the server had time left; otherwise both were at their limit.
    private const double MostLoop = 0.95;
    private const double IdleServer = 0.8;

    // ActorLoad used all processors.
    private const double MostCpu = 0.9;

    private const double MostGc = 0.1;

    // Connections waited seconds for their first attempt, and that wait is more than half of `total`.
    private const double MostLag = 0.5;
    private const long LongLag = 1_000_000;

    public string Name => RuleName;

    /// <summary>True if this rule has a finding.</summary>
    public static bool IsLimited(Evidence evidence) => Reasons(evidence).Any();

    public Finding? Judge(Evidence evidence)
    {
        var reasons = Reasons(evidence).ToArray();
        var own = evidence.Generator;
        var told = OwnPauses.Without(evidence);
        var timeouts = Timeouts(evidence) - (IsLimited(told) ? 0 : Timeouts(told));
        return reasons.Length == 0 ? null : new Finding(
            Name, timeouts > 0 ? Severity.Error : Severity.Warning, // without a processor, replies are read too late
            Prose.Sentences(
                $"ActorLoad itself was the limit: {string.Join("; ", reasons)}",
                timeouts > 0 ? $"{timeouts.Of("attempt")} timed out meanwhile" : "",
                OwnPauses.Matter(evidence) && evidence.CountedAtServer("ListenOverflows") is var overflows and > 0
                    ? $"All overdue connections then came at once, and the accept queue overflowed {overflows.Of("time")}" : ""),
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
                Remedies.AnotherMachine(
                    $"{((long)own.Cores).Of("core")}{(evidence.Ledgers.Kernel?.SeesServer == true ? ", shared with the server" : "")}"),
                .. own.Loops < own.Cores - 1 ? [Remedies.Loops(own.Loops, own.Cores - 1)] : Array.Empty<Remedy>(),
            ])
        {
            Explains = timeouts,
        };
    }

    private static long Timeouts(Evidence evidence) => evidence.Failed(Outcome.ReplyTimeout) + evidence.Failed(Outcome.ConnectTimeout);

    // A server that cannot be seen may have been at its limit.
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
            yield return $"{own.LateBursts.Text()} of {own.Bursts.Of("burst")} began a second or more late, "
                + $"at worst {own.WorstBurstLag.Span()}";
        }

        // In the open model nobody waits for us: a loop that takes seconds has more to do than it can.
        foreach (var (phase, _, lag) in own.PacedPhases.Where(paced => paced.LoopLag?.P99 >= LongLag))
        {
            yield return $"connections of phase {phase} waited {lag!.P50.Span()} for its loop at the median (p99 {lag.P99.Span()})";
        }

        foreach (var (phase, late, _) in own.PacedPhases.Where(paced => paced.StartLag.P99 >= LongLag))
        {
            yield return $"connections of phase {phase} started {late.P50.Span()} late at the median (p99 {late.P99.Span()}): "
                + "this machine does not open them as fast as they are due";
        }

        if (own.BusySeconds < Shortest)
        {
            yield break;
        }

        var (ran, waited) = (own.LoopsCpuSeconds, own.LoopWaitSeconds);
        if (ran + waited is { } wanted && wanted >= LeastWork && waited / wanted is { } wait && wait > MostWait
            && own.StarvedShare > MostStarved)
        {
            yield return $"its loop had no processor for {wait.Percent()} of the time in which it had work "
                + $"(it ran for {ran!.Value.Seconds()} and waited for {waited!.Value.Seconds()})";
        }

        if (own.LoopCpuSeconds / own.BusySeconds is { } loop && loop > MostLoop && HadServerTime(evidence.Ledgers.Servers))
        {
            yield return $"its loop was busy for {loop.Percent()} of the time under load, so it set the pace";
        }

        if (own.CpuSeconds / (own.BusySeconds * own.Cores) is var cpu && cpu > MostCpu)
        {
            yield return $"it used {cpu.Percent()} of {((long)own.Cores).Of("core")} under load";
        }

        if (own.GcPauseMillis / 1000 / own.BusySeconds is var pauses && pauses > MostGc)
        {
            yield return $"garbage collection stopped it for {pauses.Percent()} of the time under load";
        }

        if (own.StartLag is { P99: >= LongLag } start && evidence.Load.Total is { } total && start.P50 >= total.P50 * MostLag)
        {
            yield return $"connections started {start.P50.Span()} late at the median (p99 {start.P99.Span()}), "
                + $"most of their total of {total.P50.Span()}";
        }
    }
}
