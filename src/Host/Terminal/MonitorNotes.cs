using ActorLoad.Metrics;
using ActorLoad.Monitoring;

namespace ActorLoad.Hosting.Terminal;

/// <summary>Says on stderr what the monitor cannot see, once each.</summary>
internal sealed class MonitorNotes(TextWriter stderr)
{
    private int _said;

    public void Say(MonitorSummary soFar)
    {
        for (; _said < soFar.Unseen.Count; _said++)
        {
            stderr.WriteLine(ForeignText.Shown($"actorload monitor: {soFar.Unseen[_said]}"));
        }
    }
}
