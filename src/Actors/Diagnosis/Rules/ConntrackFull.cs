using ActorLoad.Diagnosis.Tuning;
using ActorLoad.Metrics;
using ActorLoad.Observers.Kernel;

namespace ActorLoad.Diagnosis.Rules;

/// <summary>The firewall's table of connections was full, and what found no room in it was dropped in silence.</summary>
internal sealed class ConntrackFull : IRule
{
    /// <summary>The level of the table among <see cref="KernelLedger.Sockets"/>.</summary>
    public const string Level = "conntrack";

    /// <summary>Packets dropped for want of room, among <see cref="KernelLedger.Counters"/>.</summary>
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
            $"The connection tracking of this machine's firewall was full ({TuningKeys.Conntrack} = {max?.Text() ?? "?"}): it dropped "
            + $"{dropped.Of("packet")} in silence, and {felt.Of("connect")} waited for a SYN to be sent again or timed out",
            new Dictionary<string, double> { ["max"] = max ?? 0, ["peak"] = level?.Peak ?? 0, ["dropped"] = dropped, ["felt"] = felt },
            TroubleRemedies.Conntrack(max, evidence.Load.PeakOpen + (level?.Before ?? 0)))
        {
            Explains = evidence.Failed(Outcome.ConnectTimeout),
        };
    }
}
