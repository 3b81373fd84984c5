using ActorLoad.Metrics;
namespace ActorLoad.Diagnosis.Rules;

/// <summary>The round trip takes longer than the kernel waits for a SYN's answer: it sends SYNs again, though none was lost.</summary>
internal sealed class DistantServer : IRule
{
    private const double FirstSynAgain = 1;

    public string Name => "long-round-trip";

    public Finding? Judge(Evidence evidence)
    {
        var (distant, trip) = (evidence.Load.DistantConnects, Line.RoundTrip(evidence));

        // One or two may come from a loop that looked late.
        if (distant * 2 < evidence.Load.Connected || distant == 0)
        {
            return null;
        }

        var again = evidence.Counted("TCPSynRetrans") ?? 0;
        var lost = evidence.SlowConnects() == 0 ? "no SYN was lost" : "the first ones were not lost";
        return new Finding(
            Name, Severity.Info,
            $"A round trip to the server takes {((long)(trip * 1e6)).Span()} at least, so {distant.Of("connect")} took a second or more. "
            + $"The kernel sends a SYN again after {FirstSynAgain.Seconds()} without an answer"
            + (again > 0 ? $". It did so {again.Of("time")}, though {lost}" : ""),
            new Dictionary<string, double> { ["roundTripMicros"] = trip * 1e6, ["connects"] = distant, ["synRetransmits"] = again },
            []);
    }
}
