using ActorLoad.Diagnosis.Tuning;
using ActorLoad.Metrics;

namespace ActorLoad.Diagnosis.Rules;

/// <summary>The run left connections in TIME_WAIT on this side, each of which keeps its port for 60 s.</summary>
internal sealed class TimeWaitGrowth : IRule
{
    // From half of the ports on, the next burst will lack them.
    private const double Many = 0.5;

    /// <summary>Name of the findings of this rule.</summary>
    public const string RuleName = "time-wait";

    public string Name => RuleName;

    public Finding? Judge(Evidence evidence)
    {
        var isGraceful = evidence.Load.Close is "graceful" or "half-close";
        if (evidence.TimeWaits() is not { } level || (!isGraceful && evidence.Ledgers.TimeWait.State != "fail"))
        {
            return null;
        }

        var grown = Math.Max(level.Peak, level.After) - level.Before;
        if (grown <= 0)
        {
            return null;
        }

        var ports = evidence.Ports() * evidence.Load.Targets;
        var exhausted = evidence.Failed(Outcome.LocalExhausted);

        // The burst would have found enough ports without those that earlier bursts left in TIME_WAIT.
        var isFull = exhausted > 0 && ports is { } all
            && evidence.Load.LargestBurst < all && evidence.Load.LargestBurst + level.Peak >= all * 9 / 10;
        var share = ports is { } known ? (double)Math.Max(level.Peak, level.After) / known : 0;
        var why = isGraceful
            ? $"because connection.close = {evidence.Load.Close} lets us close first"
            : $"although they were closed by RST: {evidence.Ledgers.TimeWait.Reason.TrimEnd('.')}";
        var waiting = (level.Peak + evidence.Load.Targets - 1) / Math.Max(1, evidence.Load.Targets);
        return new Finding(
            Name, isFull ? Severity.Error : share >= Many || !isGraceful ? Severity.Warning : Severity.Info,
            $"{grown.Of("connection")} of this run waited in TIME_WAIT on this side, each with its port for 60 s, {why}"
            + (ports is { } range ? $". There are {range.Of("port")}" : "")
            + (isFull ? $", and {exhausted.Of("attempt")} found no free port" : ""),
            new Dictionary<string, double>
            {
                ["before"] = level.Before,
                ["peak"] = level.Peak,
                ["after"] = level.After,
                ["ports"] = ports ?? 0,
            },
            isGraceful
                ? TroubleRemedies.TimeWait(
                    evidence.Setting(TuningKeys.TimeWaitReuse), evidence.Load.IsLoopback, evidence.Load.Ports == "kernel",
                    evidence.Setting(TuningKeys.PortRange), isFull ? evidence.BurstForEach() + waiting : null, evidence.Load.Close)
                : [])
        {
            Explains = isFull ? exhausted : 0,
        };
    }
}
