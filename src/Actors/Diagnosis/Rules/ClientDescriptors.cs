using ActorLoad.Diagnosis.Tuning;
using ActorLoad.Metrics;
using ActorLoad.Observers.Kernel;

namespace ActorLoad.Diagnosis.Rules;

/// <summary>ActorLoad ran out of descriptors for sockets.</summary>
internal sealed class ClientDescriptors : IRule
{
    /// <summary>Name of the findings of this rule.</summary>
    public const string RuleName = "client-descriptors";

    public string Name => RuleName;

    public Finding? Judge(Evidence evidence)
    {
        var limits = OwnLimits.Of(evidence);
        if (!limits.IsOfDescriptors(evidence))
        {
            return null;
        }

        var present = evidence.Number(TuningKeys.Descriptors);
        var beside = OwnLimits.Beside + evidence.Load.Observers;
        return new Finding(
            Name, Severity.Error,
            $"{limits.Exhausted.Of("attempt")} got no socket: ActorLoad may have {present?.Text()} descriptors (ulimit -n), too few for "
            + $"{OwnLimits.Wanted(evidence).Text()} connections at once",
            new Dictionary<string, double>
            {
                ["localExhausted"] = limits.Exhausted,
                ["nofile"] = present ?? 0,
                ["peakOpen"] = evidence.Load.PeakOpen,
            },
            TroubleRemedies.ClientDescriptors(
                present, evidence.Number(KernelSettings.NofileHard), OwnLimits.Wanted(evidence) + beside, beside, evidence.Load.MaxOpen))
        {
            Explains = limits.Exhausted,
        };
    }
}
