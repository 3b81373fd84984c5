using ActorLoad.Monitoring;

namespace ActorLoad.Hosting.Terminal;

/// <summary>Something that shows what a monitor sees; called in the order of events, one at a time.</summary>
internal interface IMonitorView
{
    /// <summary>The first reading; it has no rates.</summary>
    void Started(MonitorLine first, MonitorSummary soFar);

    /// <summary>An interval is over.</summary>
    void Measured(MonitorLine line, MonitorSummary soFar);

    /// <summary>The last word; nothing follows.</summary>
    Task EndedAsync(MonitorSummary summary);
}
