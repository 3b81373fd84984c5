using ActorLoad.Metrics;
using ActorLoad.Runs;

namespace ActorLoad.Hosting.Runs;

/// <summary>A view that others can wait for.</summary>
internal sealed class RunWatch(IRunView view) : IRunView
{
    private readonly TaskCompletionSource<RunProtocol.RunEnded> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _filesLost;
    private volatile RunProtocol.RunStarted? _start;
    private volatile RunSnapshot? _last;

    /// <summary>Ends with the run.</summary>
    public Task<RunProtocol.RunEnded> Ended => _ended.Task;

    /// <summary>Something that was to be on disk is not.</summary>
    public bool AreFilesLost => _filesLost;

    /// <summary>How the run began; null before that.</summary>
    public RunProtocol.RunStarted? Start => _start;

    /// <summary>What was measured last; null before the first interval was over.</summary>
    public RunSnapshot? Last => _last;

    public void Started(RunProtocol.RunStarted started)
    {
        _start = started;
        view.Started(started);
    }

    public void Measured(RunSnapshot snapshot)
    {
        _last = snapshot;
        view.Measured(snapshot);
    }

    void IRunView.Ended(RunProtocol.RunEnded ended)
    {
        try
        {
            view.Ended(ended);
        }
        finally
        {
            _ended.TrySetResult(ended);
        }
    }

    public void FilesLost(string problem)
    {
        _filesLost = true;
        view.FilesLost(problem);
    }
}
