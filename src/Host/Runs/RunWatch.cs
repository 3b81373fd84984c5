using ActorLoad.Hosting.Journal;
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

    /// <summary>A result for a run that ended without: its intervals, those of the journal if it has one, and the counts of the last.</summary>
    /// <param name="queued">What was known before it began.</param>
    /// <param name="error">Why it has no result.</param>
    /// <param name="journal">Where its intervals are; null keeps none but the last.</param>
    public RunResult Assemble(RunHeader queued, string? error, RunJournal? journal)
    {
        var header = queued with { StartedAt = _start?.At, Target = _start?.Target, Transport = _start?.Transport, Error = error };
        IReadOnlyList<Sample> samples = journal is not null ? InterruptedRun.ReadSamples(journal.Directory).Samples : _last is { } last ? [last.Sample] : [];
        return InterruptedRun.Assemble(header, _last, samples);
    }

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
