using ActorLoad.Diagnosis.Tuning;
using ActorLoad.Metrics;

namespace ActorLoad.Diagnosis.Rules;

/// <summary>More than half of the ports were open while the kernel chose them: from there on each connect searches the full half first,
/// at ten times the cost (measured: 9 us up to 14,000 open of 28,232, 98 us at 16,000).</summary>
internal sealed class HalfRangeCliff : IRule
{
    public string Name => "half-range-cliff";

    public Finding? Judge(Evidence evidence)
    {
        var open = evidence.OpenForEach();
        return evidence.Load.Ports == "kernel" && evidence.Ports() is { } ports && open > ports / 2
            ? new Finding(
                Name, Severity.Warning,
                $"Up to {open.Text()} connections to one target were open and the kernel chose their ports: beyond half of its {ports.Text()} each "
                + "connect first searches the half that is full, and what that costs is in the connect times",
                new Dictionary<string, double> { ["open"] = open, ["ports"] = ports },
                TroubleRemedies.HalfRange(evidence.Setting(TuningKeys.PortRange), open))
            : null;
    }
}
