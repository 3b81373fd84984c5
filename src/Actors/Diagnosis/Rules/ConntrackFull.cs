using ActorLoad.Diagnosis.Tuning;
using ActorLoad.Metrics;
using ActorLoad.Observers.Kernel;

namespace ActorLoad.Diagnosis.Rules;

/// <summary>The firewall's connection table was full, and the firewall silently dropped new packets.</summary>
internal sealed class ConntrackFull : IRule
{
    /// <summary>The key of the table's level in <see cref="KernelLedger.Sockets"/>.</summary>
    public const string Level = "conntrack";

    /// <summary>The key of the dropped packets in <see cref="KernelLedger.Counters"/>.</summary>
    public const string Dropped = "ConntrackDrop";

    /// <summary>Name of the findings of this rule.</summary>
    public const string RuleName = "conntrack-full";

    public string Name => RuleName;

    public Finding? Judge(Evidence evidence)
    {
        var max = evidence.Number(TuningKeys.Conntrack);
        var level = evidence.Ledgers.Kernel?.Sockets.GetValueOrDefault(Level);
        var dropped = evidence.Counted(Dropped) ?? 0;
        var felt = evidence.SlowConnects() + evidence.Failed(Outcome.ConnectTimeout);
        var isFull = dropped > 0 || (max is { } most && level?.Peak >= most * 95 / 100);
        return !isFull || felt == 0 ? null : new Finding(
            Name, evidence.Failed(Outcome.ConnectTimeout) > 0 ? Severity.Error : Severity.Warning,
            $"The connection table of this machine's firewall was full ({TuningKeys.Conntrack} = {max?.Text() ?? "?"}). "
            + $"It silently dropped {dropped.Of("packet")}. {felt.Of("connect")} timed out, or waited until a SYN was sent again",
            new Dictionary<string, double> { ["max"] = max ?? 0, ["peak"] = level?.Peak ?? 0, ["dropped"] = dropped, ["felt"] = felt },
            TroubleRemedies.Conntrack(max, evidence.Load.PeakOpen + (level?.Before ?? 0)))
        {
            Explains = evidence.Failed(Outcome.ConnectTimeout),
        };
    }
}
