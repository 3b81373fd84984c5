using System.Threading.Channels;
using ActorLoad.Monitoring;
using Spectre.Console;

namespace ActorLoad.Hosting.Terminal;

/// <summary>A monitor on a terminal, redrawn each interval on a task of its own, so that a slow or stopped terminal delays no reading. At
/// the end the peaks replace it.</summary>
internal sealed class MonitorLiveView : IMonitorView
{
    private readonly Channel<(MonitorLine Line, MonitorSummary SoFar)> _pictures = Channel.CreateBounded<(MonitorLine, MonitorSummary)>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });

    private readonly IAnsiConsole _console;
    private readonly Task _drawing;

    public MonitorLiveView(IAnsiConsole console)
    {
        _console = console;
        _drawing = DrawAsync();
    }

    public void Started(MonitorLine first, MonitorSummary soFar) => _pictures.Writer.TryWrite((first, soFar));

    public void Measured(MonitorLine line, MonitorSummary soFar) => _pictures.Writer.TryWrite((line, soFar));

    public async Task EndedAsync(MonitorSummary summary)
    {
        _pictures.Writer.TryComplete();
        await _drawing;
        MonitorTables.WriteSummary(_console, summary);
    }

    private Task DrawAsync() => _console.Live(new Text("")).AutoClear(true).StartAsync(async live =>
    {
        await foreach (var (line, soFar) in _pictures.Reader.ReadAllAsync())
        {
            live.UpdateTarget(MonitorTables.Live(line, soFar));
            live.Refresh();
        }
    });
}
