using ActorLoad.Configuration.Thresholds;
using ActorLoad.Hosting.Runs;
using ActorLoad.Metrics;
using ActorLoad.Runs;

namespace ActorLoad.Hosting.Terminal.Live;

/// <summary>A run on a terminal, redrawn ten times a second on a task of its own, so that a slow terminal delays nothing else. Keys stop
/// the run and change the window.</summary>
/// <param name="thresholds">The run's thresholds.</param>
/// <param name="stop">Stops the run, for the key that is named.</param>
/// <param name="time">Measures the time since an interval.</param>
/// <param name="stopping">Cancelled once the run is being stopped.</param>
internal sealed class LiveView(
    IReadOnlyList<Threshold> thresholds, Action<string> stop, TimeProvider time, CancellationToken stopping) : IRunView
{
    private static readonly TimeSpan _frame = TimeSpan.FromMilliseconds(100);

    private readonly Lock _gate = new();
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly LiveHistory _history = new();
    private readonly ConnectTimes _connects = new();
    private readonly LiveFindings _findings = new();
    private readonly List<string> _complaints = [];
    private RunProtocol.RunStarted? _started;
    private RunSnapshot? _last;
    private long _lastAt;
    private LiveWindow _window = LiveWindow.Run;
    private bool _isOver;

    public bool WantsTimes => true;

    public void Started(RunProtocol.RunStarted started) => Change(() => _started = started);

    public void Measured(RunSnapshot snapshot) => Change(() =>
    {
        var connect = snapshot.Times?.Steps.FirstOrDefault(step => step is { Step: Step.Connect, IsOfFailures: false });
        var connects = _connects.Add(connect?.Encoded);
        _history.Add(LivePoint.Of(snapshot, connects));
        _findings.Look(snapshot, _connects.Heaps());
        (_last, _lastAt) = (snapshot, time.GetTimestamp());
    });

    public void Ended(RunProtocol.RunEnded ended) => Change(() =>
    {
        if (_last is { } last && ended.Result?.Verdict is Verdict.Valid or Verdict.GeneratorLimited)
        {
            _last = last with { Progress = last.Progress with { Fraction = 1 } };
        }

        _isOver = true;
        Close();
    });

    public void FilesLost(string problem) => Change(() => _complaints.Add($"the run's files are not complete: {problem}"));

    /// <summary>Ends the display; the last page stays on the screen.</summary>
    public void Close() => _closed.TrySetResult();

    /// <summary>Obeys a key: <c>q</c> stops the run, <c>+</c> and <c>-</c> change the window.</summary>
    public void Press(char key)
    {
        switch (key)
        {
            case 'q' or 'Q': stop("q"); break;
            case '+' or '=': Change(() => _window = _window.Longer(_history.Latest.At)); break;
            case '-' or '_': Change(() => _window = _window.Shorter(_history.Latest.At)); break;
            default: break; // has no meaning here
        }
    }

    /// <summary>Draws until the run has ended. If it cannot, the run continues without a display.</summary>
    /// <param name="device">The terminal.</param>
    public async Task DrawAsync(LiveTerminal device)
    {
        try
        {
            device.Open(Press);
            for (var isLast = false; !isLast;)
            {
                isLast = _closed.Task.IsCompleted;
                while (!device.Show(size => Draw(size, device.Glyphs, device.HasKeys)) && isLast)
                {
                    await Task.Delay(_frame, time); // the last page is not left out
                }

                await Task.WhenAny(_closed.Task, Task.Delay(_frame, time));
            }
        }
        catch (Exception exception)
        {
            device.Dispose();
            ErrorLines.Write($"actorload: progress cannot be shown any more, the run continues: {exception.Message}");
        }
    }

    internal IReadOnlyList<PageLine> Draw(ScreenSize size, LiveGlyphs glyphs, bool hasKeys)
    {
        lock (_gate)
        {
            var sinceLast = _last is null || _isOver ? 0 : time.GetElapsedTime(_lastAt).TotalSeconds;
            return new LivePage(size, glyphs).Of(new LivePage.Picture(_started, _last, _history, _window)
            {
                SinceLast = sinceLast,
                Thresholds = thresholds,
                Newest = _findings.Newest,
                Complaints = _complaints,
                Keys = _isOver ? LiveKeys.None
                    : stopping.IsCancellationRequested ? LiveKeys.Stopping
                    : hasKeys ? LiveKeys.All : LiveKeys.OnlySignals,
            });
        }
    }

    private void Change(Action change)
    {
        lock (_gate)
        {
            change();
        }
    }
}
