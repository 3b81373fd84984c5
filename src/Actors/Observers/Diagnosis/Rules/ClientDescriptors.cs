using ActorLoad.Observers.Tuning;

namespace ActorLoad.Observers.Rules;

/// <summary>ActorLoad had no descriptor left for a socket.</summary>
internal sealed class ClientDescriptors : IRule
{
    public string Name => "client-descriptors";

    public Finding? Judge(Evidence evidence)
    {
        var limits = OwnLimits.Of(evidence);
        if (!limits.IsOfDescriptors(evidence))
        {
            return null;
        }

        var present = evidence.Number(TuningKeys.Descriptors);
        var needed = OwnLimits.Needed(evidence);
        return new Finding(
            Name, Severity.Error,
            $"ActorLoad may have {present?.Text()} descriptors (ulimit -n), and {OwnLimits.Wanted(evidence).Text()} connections at once want more: "
            + $"{limits.Exhausted.Of("attempt")} got no socket",
            new Dictionary<string, double> { ["localExhausted"] = limits.Exhausted, ["nofile"] = present ?? 0, ["peakOpen"] = evidence.Load.PeakOpen },
            [Remedies.ClientDescriptors(present, needed, evidence.Number("nofile-hard")), Remedies.MaxOpen(evidence.Load.MaxOpen, limits.Room ?? 1)]);
    }
}
