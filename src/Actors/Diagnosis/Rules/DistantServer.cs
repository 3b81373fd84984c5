using ActorLoad.Metrics;
namespace ActorLoad.Diagnosis.Rules;

/// <summary>The line's round trip is longer than the kernel waits for an answer to a SYN: it sends SYNs again, though none was lost.</summary>
internal sealed class DistantServer : IRule
{
    private const double FirstSynAgain = 1;

    public string Name => "long-round-trip";

    public Finding? Judge(Evidence evidence)
    {
        var (distant, trip) = (evidence.Load.DistantConnects, Line.RoundTrip(evidence));

        // One or two are of a loop that looked late.
        if (distant * 2 < evidence.Load.Connected || distant == 0)
        {
            return null;
        }

        var again = evidence.Counted("TCPSynRetrans");
        return new Finding(
            Name, Severity.Info,
            $"A round trip to the server takes {((long)(trip * 1e6)).Span()} at least, and {distant.Of("connect")} took a second or more for it alone. The kernel waits {FirstSynAgain.Seconds()} "
            + "for an answer to a SYN, and then sends another one"
            + (again > 0 ? $": it did so {again.Value.Of("time")}, though {(evidence.SlowConnects() == 0 ? "no SYN was" : "the first of these were not")} lost" : ""),
            new Dictionary<string, double> { ["roundTripMicros"] = trip * 1e6, ["connects"] = distant, ["synRetransmits"] = again ?? 0 },
            []);
    }
}
