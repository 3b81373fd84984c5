using ActorLoad.Diagnosis.Tuning;
using ActorLoad.Metrics;

namespace ActorLoad.Diagnosis.Rules;

/// <summary>The kernel chose the ports, and more than half of them were open. Each further connect first searches the full half, at ten
/// times the cost (measured: 9 us up to 14,000 open of 28,232, 98 us at 16,000).</summary>
internal sealed class HalfRangeCliff : IRule
{
    public string Name => "half-range-cliff";

    public Finding? Judge(Evidence evidence)
    {
        var open = evidence.OpenForEach();
        return evidence.Load.Ports == "kernel" && evidence.Ports() is { } ports && open > ports / 2
            ? new Finding(
                Name, Severity.Warning,
                $"Up to {open.Text()} connections to one target were open, on ports that the kernel chose. Beyond half of the "
                + $"{ports.Text()} ports, each connect first searches the full half. The connect times include that search",
                new Dictionary<string, double> { ["open"] = open, ["ports"] = ports },
                TroubleRemedies.HalfRange(evidence.Setting(TuningKeys.PortRange), open))
            : null;
    }
}
