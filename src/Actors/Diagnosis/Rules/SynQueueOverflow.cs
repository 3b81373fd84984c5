using ActorLoad.Diagnosis.Tuning;
using ActorLoad.Metrics;

namespace ActorLoad.Diagnosis.Rules;

/// <summary>Too many handshakes were half open: the kernel answered with SYN cookies, or dropped SYNs.</summary>
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

        // The counters cover the whole machine. A SYN cookie has no visible effect: it may be ours if a burst was longer than the queue.
        if (cookies + drops == 0 || (slow + timeouts == 0 && !(evidence.BurstForEach() > queue.Length)))
        {
            return null;
        }

        return new Finding(
            Name, drops > 0 && timeouts > 0 ? Severity.Error : Severity.Warning,
            $"{queue.Owner} queue of half-open handshakes overflowed {(cookies + drops).Of("time")}: "
            + Prose.Join(
                ", ",
                cookies > 0 ? $"{cookies.Of("SYN was", "SYNs were")} answered with cookies, which forget the client's TCP options" : "",
                drops > 0 ? $"{drops.Of("was", "were")} dropped" : ""),
            new Dictionary<string, double> { ["cookies"] = cookies, ["drops"] = drops, ["connectTimeouts"] = timeouts },
            [
                .. queue.Enlarge(evidence),
                .. drops > 0 ? [Remedies.Sysctl(
                    TuningKeys.SynBacklog, RemedyHost.Server, evidence.ServerSetting(TuningKeys.SynBacklog), evidence.BurstForEach())]
                    : Array.Empty<Remedy>(),
            ])
        {
            Explains = drops > 0 ? timeouts : 0,
        };
    }
}
