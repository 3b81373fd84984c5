using System.Threading.Channels;
using ActorLoad.Hosting.Terminal;
using ActorLoad.Metrics;
using ActorLoad.Runs;

namespace ActorLoad.Hosting.Runs;

/// <summary>Lets others wait for a run, and tells a view its events. The view runs on a task of its own: a slow view misses intervals, a
/// failed one is given up, and neither delays the caller.</summary>
internal sealed class RunWatch
{
    // Intervals that a view may lag behind; the newest always get in.
    private const int Behind = 64;

    private readonly TaskCompletionSource<RunProtocol.RunEnded> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Channel<Action<IRunView>> _events = Channel.CreateBounded<Action<IRunView>>(
        new BoundedChannelOptions(Behind) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });

    private readonly RunSoFar? _soFar;
    private volatile bool _filesLost;

    /// <param name="view">Gets the events.</param>
    /// <param name="soFar">Gets them at once; null if unused.</param>
    public RunWatch(IRunView view, RunSoFar? soFar = null)
    {
        (_soFar, WantsTimes) = (soFar, view.WantsTimes);
        Viewed = Task.Run(() => TellAsync(view));
    }

    /// <summary>Ends with the run, even if the view lags.</summary>
    public Task<RunProtocol.RunEnded> Ended => _ended.Task;

    /// <summary>Ends when the view got everything, or was given up.</summary>
    public Task Viewed { get; }

    /// <summary>True if the view wants the histograms of each interval.</summary>
    public bool WantsTimes { get; }

    /// <summary>True if a file is missing or incomplete.</summary>
    public bool AreFilesLost => _filesLost;

    public void Started(RunProtocol.RunStarted started)
    {
        _soFar?.Started(started);
        _events.Writer.TryWrite(view => view.Started(started));
    }

    public void Measured(RunSnapshot snapshot)
    {
        _soFar?.Measured(snapshot);
        _events.Writer.TryWrite(view => view.Measured(snapshot));
    }

    public void End(RunProtocol.RunEnded ended)
    {
        _soFar?.Ended(ended);
        _ended.TrySetResult(ended);
        _events.Writer.TryWrite(view => view.Ended(ended));
        _events.Writer.TryComplete();
    }

    public void FilesLost(string problem)
    {
        _filesLost = true;
        _events.Writer.TryWrite(view => view.FilesLost(problem));
    }

    private async Task TellAsync(IRunView view)
    {
        try
        {
            await foreach (var tell in _events.Reader.ReadAllAsync())
            {
                tell(view);
            }
        }
        catch (Exception exception)
        {
            ErrorLines.Write($"actorload: progress cannot be shown any more, the run continues: {exception.Message}");
        }
    }
}
