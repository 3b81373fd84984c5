using ActorLoad.Monitoring;
using Spectre.Console;

namespace ActorLoad.Hosting.Terminal;

/// <summary>A monitor on a terminal, redrawn each interval. At the end the peaks replace it.</summary>
internal sealed class MonitorLiveView : IMonitorView
{
    private readonly LivePictures<(MonitorLine Line, MonitorSummary SoFar)> _pictures =
        new((picture, _) => MonitorTables.Live(picture.Line, picture.SoFar));

    private readonly IAnsiConsole _console;
    private readonly Task _drawing;

    public MonitorLiveView(IAnsiConsole console)
    {
        _console = console;
        _drawing = _pictures.DrawAsync(console, "", keepsLast: false);
    }

    public void Started(MonitorLine first, MonitorSummary soFar) => _pictures.Show((first, soFar));

    public void Measured(MonitorLine line, MonitorSummary soFar) => _pictures.Show((line, soFar));

    public async Task EndedAsync(MonitorSummary summary)
    {
        _pictures.Close();
        await _drawing;
        MonitorTables.WriteSummary(_console, summary);
    }
}
