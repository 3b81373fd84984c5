using ActorLoad.Monitoring;

namespace ActorLoad.Hosting.Terminal;

/// <summary>Shows the readings of a monitor; called in the order of events, one call at a time.</summary>
internal interface IMonitorView
{
    /// <summary>The first reading; it has no rates.</summary>
    void Started(MonitorLine first, MonitorSummary soFar);

    /// <summary>An interval is over.</summary>
    void Measured(MonitorLine line, MonitorSummary soFar);

    /// <summary>The last call.</summary>
    Task EndedAsync(MonitorSummary summary);
}
