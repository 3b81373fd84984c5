using System.Collections.Concurrent;
using ActorLoad.Configuration;
using ActorLoad.Hosting.Exporters;
using ActorLoad.Hosting.Journal;
using ActorLoad.Hosting.Runs;
using ActorLoad.Runs;
using Akka.Actor;
using Akka.Hosting;

namespace ActorLoad.Hosting.Daemon;

/// <summary>Takes runs, knows the waiting and running ones, and stops them.</summary>
internal sealed class RunDesk(ActorSystem system, IRequiredActor<RunManager> manager, ResultsDirectory results, ILogger<RunDesk> log,
    TimeProvider time, LoadMeter meter)
{
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(2);

    // Time between two attempts to save a result on a full disk.
    private static readonly TimeSpan SaveAgain = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<string, LiveRun> _live = new();
    private readonly ConcurrentDictionary<string, Task> _endings = new();
    private readonly TaskCompletionSource _stopping = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>True once the daemon is asked to end: it takes no more runs.</summary>
    public bool IsStopping => _stopping.Task.IsCompleted;

    /// <summary>Queues a run. Throws what file operations throw, and <see cref="AskTimeoutException"/>; then it leaves nothing
    /// behind.</summary>
    /// <param name="settings">The run.</param>
    /// <param name="target">Disposed with the run, or if the run is refused.</param>
    /// <param name="limits">Limits of a stranger's run; null for an operator's.</param>
    /// <returns>Its id, or the reason for the refusal.</returns>
    public async Task<(string Id, string? Refusal)> SubmitAsync(RunSettings settings, ITarget target, RunProtocol.RunLimits? limits = null)
    {
        var id = RunIds.New(time);
        var queuedAt = time.GetUtcNow();
        var live = _live[id] = new LiveRun(id, queuedAt, log);
        var watch = new RunWatch(live);
        IActorRef? follower = null;
        try
        {
            var journal = RunJournal.Create(results.PathOf(id), RunHeader.Queued(id, queuedAt, settings));
            follower = system.ActorOf(RunFollower.Props(journal, watch, meter.Follow(id)), $"follower-{id}");
            _endings[id] = ForgetAfterAsync(live, watch);
            var start = new RunProtocol.StartRun(id, settings, target, follower) { Limits = limits, WithTimes = true };
            var answer = await manager.ActorRef.Ask<object>(start, AnswerLimit);
            if (answer is not RunProtocol.RunRefused refused)
            {
                return (id, null);
            }

            await WithdrawAsync(id, follower, target);
            return (id, refused.Reason);
        }
        catch
        {
            manager.ActorRef.Tell(new RunProtocol.StopRun(id, StopReason.Request)); // the manager may have taken it after all
            await WithdrawAsync(id, follower, target);
            throw;
        }
    }

    /// <summary>A waiting or running run; null for an unknown id.</summary>
    public LiveRun? Find(string id) => _live.GetValueOrDefault(id);

    /// <summary>All runs, newest first.</summary>
    public IEnumerable<RunRow> Rows()
    {
        // A run may begin or end while its files are read: it is live if it was live before or after.
        var rows = _live.Values.Select(run => run.Row).ToDictionary(row => row.Id);
        var stored = results.Rows().ToArray();
        foreach (var run in _live.Values)
        {
            rows[run.Id] = run.Row;
        }

        return rows.Values.Concat(stored.Where(row => !rows.ContainsKey(row.Id)))
            .OrderByDescending(row => row.QueuedAt ?? DateTimeOffset.MinValue).ThenByDescending(row => row.Id, StringComparer.Ordinal);
    }

    /// <summary>Asks a run to stop; false if it has already ended.</summary>
    public async Task<bool> StopAsync(string id, string reason) =>
        await manager.ActorRef.Ask<object>(new RunProtocol.StopRun(id, reason), AnswerLimit) is RunProtocol.RunStopping;

    /// <summary>Refuses further runs, stops all and waits for their results, at most <paramref name="limit"/>.</summary>
    public async Task StopAllAsync(string reason, TimeSpan limit)
    {
        _stopping.TrySetResult();

        // Waiting runs first, or each would begin when the one before it ends.
        foreach (var run in _live.Values.OrderByDescending(run => run.QueuedAt))
        {
            manager.ActorRef.Tell(new RunProtocol.StopRun(run.Id, reason));
        }

        await Task.WhenAny(Task.WhenAll(_endings.Values), Task.Delay(limit));
        foreach (var id in _live.Keys)
        {
            log.LogError("run {Id} did not stop within {Limit} s; its finished intervals are on disk", id, limit.TotalSeconds);
        }

        foreach (var id in results.Unsaved.Ids.Where(id => !TrySave(id)))
        {
            log.LogError("the end of run {Id} could not be saved, and is lost", id);
        }
    }

    /// <summary>True if the run manager answers.</summary>
    public async Task<bool> AnswersAsync()
    {
        try
        {
            return await manager.ActorRef.Ask<object>(RunProtocol.GetRuns.Instance, AnswerLimit) is RunProtocol.ActiveRuns;
        }
        catch (AskTimeoutException)
        {
            return false;
        }
    }

    /// <summary>Removes all traces of a refused run.</summary>
    private async Task WithdrawAsync(string id, IActorRef? follower, ITarget target)
    {
        Forget(id);
        if (follower is not null)
        {
            await follower.GracefulStop(AnswerLimit);
        }

        try
        {
            results.Remove(id);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            log.LogError(exception, "the directory of run {Id}, which was refused, cannot be removed", id);
        }

        await target.DisposeAsync();
    }

    private async Task ForgetAfterAsync(LiveRun run, RunWatch watch)
    {
        var ended = await watch.Ended;
        if (!IsSaved(ended))
        {
            results.Keep(UnsavedRun.Of(run, ended));
            _ = SaveLaterAsync(run.Id);
        }

        Forget(run.Id);
    }

    private void Forget(string id)
    {
        if (_live.TryRemove(id, out var run))
        {
            run.Change();
        }

        _endings.TryRemove(id, out _);
    }

    private bool IsSaved(RunProtocol.RunEnded ended)
    {
        try
        {
            return results.HasEnd(ended.RunId, ended.Result is not null);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or System.Text.Json.JsonException)
        {
            log.LogError(exception, "the files of run {Id} cannot be read", ended.RunId);
            return false;
        }
    }

    private async Task SaveLaterAsync(string id)
    {
        while (!IsStopping && !TrySave(id))
        {
            await Task.WhenAny(Task.Delay(SaveAgain, time), _stopping.Task);
        }
    }

    private bool TrySave(string id)
    {
        try
        {
            results.Save(id);
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or System.Text.Json.JsonException)
        {
            return false; // the first attempt has logged the reason
        }
    }
}
