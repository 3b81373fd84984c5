using ActorLoad.Monitoring;

namespace ActorLoad.Hosting.Terminal;

/// <summary>One JSON object per line: each interval, then the summary.</summary>
internal sealed class MonitorJsonView(TextWriter stdout, TextWriter stderr) : IMonitorView
{
    private readonly MonitorNotes _notes = new(stderr);

    public void Started(MonitorLine first, MonitorSummary soFar) => _notes.Say(soFar);

    public void Measured(MonitorLine line, MonitorSummary soFar)
    {
        stdout.WriteLine(MonitorJson.Serialize(line));
        _notes.Say(soFar);
    }

    public Task EndedAsync(MonitorSummary summary)
    {
        stdout.WriteLine(MonitorJson.Serialize(summary));
        _notes.Say(summary);
        return Task.CompletedTask;
    }
}
