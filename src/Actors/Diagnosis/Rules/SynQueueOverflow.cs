using ActorLoad.Diagnosis.Tuning;
using ActorLoad.Metrics;

namespace ActorLoad.Diagnosis.Rules;

/// <summary>More handshakes were half open than the listener may have: the kernel answered with SYN cookies, or not at all.</summary>
internal sealed class SynQueueOverflow : IRule
{
    /// <summary>Name of the findings of this rule.</summary>
    public const string RuleName = "syn-queue-overflow";

    public string Name => RuleName;

    public Finding? Judge(Evidence evidence)
    {
        var (cookies, drops) = (evidence.CountedAtServer("TCPReqQFullDoCookies"), evidence.CountedAtServer("TCPReqQFullDrop"));
        var (slow, timeouts) = (evidence.SlowConnects(), evidence.Failed(Outcome.ConnectTimeout));
        var queue = AcceptQueueOverflow.Queue.Of(evidence);

        // The counters are the whole machine's. Who was answered with a cookie does not feel it: it may be ours if we had so many at once.
        if (cookies + drops == 0 || (slow + timeouts == 0 && !(evidence.BurstForEach() > queue.Length)))
        {
            return null;
        }

        return new Finding(
            Name, drops > 0 && timeouts > 0 ? Severity.Error : Severity.Warning,
            $"{queue.Owner} queue of half-open handshakes overflowed {(cookies + drops).Of("time")}: "
            + (cookies > 0 ? $"{cookies.Of("SYN was", "SYNs were")} answered with cookies, which forget the client's TCP options" : "")
            + (cookies > 0 && drops > 0 ? ", " : "")
            + (drops > 0 ? $"{drops.Of("was", "were")} dropped" : ""),
            new Dictionary<string, double> { ["cookies"] = cookies, ["drops"] = drops, ["connectTimeouts"] = timeouts },
            [
                .. queue.Enlarge(evidence),
                .. drops > 0 ? [Remedies.Sysctl(TuningKeys.SynBacklog, RemedyHost.Server, evidence.ServerSetting(TuningKeys.SynBacklog), evidence.BurstForEach())]
                    : Array.Empty<Remedy>(),
            ])
        {
            Explains = drops > 0 ? timeouts : 0,
        };
    }
}
