using ActorLoad.Diagnosis.Tuning;
using ActorLoad.Metrics;

namespace ActorLoad.Diagnosis.Rules;

/// <summary>ActorLoad ran out of local ports towards a target.</summary>
internal sealed class PortExhaustion : IRule
{
    /// <summary>Name of the findings of this rule.</summary>
    public const string RuleName = "port-exhaustion";

    public string Name => RuleName;

    public Finding? Judge(Evidence evidence)
    {
        var limits = OwnLimits.Of(evidence);
        if (limits.Exhausted == 0 || limits.IsOfDescriptors(evidence))
        {
            return null;
        }

        var range = evidence.Setting(TuningKeys.PortRange);
        var waiting = evidence.TimeWaits()?.Peak ?? 0;
        var wanted = OwnLimits.Wanted(evidence);
        var isShort = limits.Ports is { } ports && wanted + waiting > ports * 9 / 10;
        var targets = Math.Max(1, evidence.Load.Targets);
        var observers = evidence.ObserversForEach();
        return new Finding(
            Name, Severity.Error,
            $"{limits.Exhausted.Of("attempt")} found no local port, descriptor or buffer. "
            + (limits.Ports is not { } all ? "The number of ports is not known"
                : $"{wanted.Text()} connections at once wanted {all.Text()} ports"
                    + (waiting > 0 ? $"; up to {waiting.Text()} ports were in TIME_WAIT" : "")
                    + (isShort ? "" : ". These should have sufficed: other programs may hold some of them, or buffers ran out")),
            new Dictionary<string, double>
            {
                ["localExhausted"] = limits.Exhausted,
                ["ports"] = limits.Ports ?? 0,
                ["peakOpen"] = evidence.Load.PeakOpen,
                ["timeWait"] = waiting,
            },
            TroubleRemedies.Ports(
                range, evidence.Ports(), ((wanted + waiting) / targets) + observers, evidence.Load.Targets, evidence.Load.MaxOpen,
                evidence.Load.IsLoopback, evidence.Load.From, observers))
        {
            Explains = limits.Exhausted,
        };
    }
}
