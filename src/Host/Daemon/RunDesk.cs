using System.Collections.Concurrent;
using ActorLoad.Configuration;
using ActorLoad.Hosting.Journal;
using ActorLoad.Hosting.Runs;
using ActorLoad.Runs;
using Akka.Actor;
using Akka.Hosting;

namespace ActorLoad.Hosting.Daemon;

/// <summary>Takes runs, knows those that wait or go on, and stops them.</summary>
internal sealed class RunDesk(ActorSystem system, IRequiredActor<RunManager> manager, ResultsDirectory results, ILogger<RunDesk> log, TimeProvider time)
{
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(2);

    // Between two attempts to save a result for which the disk had no room.
    private static readonly TimeSpan SaveAgain = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<string, LiveRun> _live = new();
    private readonly ConcurrentDictionary<string, Task> _endings = new();
    private readonly TaskCompletionSource _stopping = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>True from the moment that the daemon is asked to end: no more runs are taken.</summary>
    public bool IsStopping => _stopping.Task.IsCompleted;

    /// <summary>Puts a run into the queue; throws what file operations throw, and <see cref="AskTimeoutException"/>, and then leaves nothing behind.</summary>
    /// <param name="settings">The run.</param>
    /// <param name="target">Disposed with the run, or if it is not taken.</param>
    /// <param name="limits">What a stranger's run may not exceed; null for an operator's.</param>
    /// <returns>Its id, or why it was not taken.</returns>
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
            follower = system.ActorOf(RunFollower.Props(journal, watch), $"follower-{id}");
            _endings[id] = ForgetAfterAsync(live, watch);
            var answer = await manager.ActorRef.Ask<object>(new RunProtocol.StartRun(id, settings, target, follower) { Limits = limits }, AnswerLimit);
            if (answer is not RunProtocol.RunRefused refused)
            {
                return (id, null);
            }

            await WithdrawAsync(id, follower, target);
            return (id, refused.Reason);
        }
        catch
        {
            manager.ActorRef.Tell(new RunProtocol.StopRun(id, StopReason.Request)); // it may have been taken after all
            await WithdrawAsync(id, follower, target);
            throw;
        }
    }

    /// <summary>A run that waits or goes on; null if there is none of that id.</summary>
    public LiveRun? Find(string id) => _live.GetValueOrDefault(id);

    /// <summary>All runs, newest first.</summary>
    public IEnumerable<RunRow> Rows()
    {
        // A run may begin or end while its files are read: it is live if it was so before or after.
        var rows = _live.Values.Select(run => run.Row).ToDictionary(row => row.Id);
        var stored = results.Rows().ToArray();
        foreach (var run in _live.Values)
        {
            rows[run.Id] = run.Row;
        }

        return rows.Values.Concat(stored.Where(row => !rows.ContainsKey(row.Id)))
            .OrderByDescending(row => row.QueuedAt ?? DateTimeOffset.MinValue).ThenByDescending(row => row.Id, StringComparer.Ordinal);
    }

    /// <summary>Asks a run to stop; false if it is over already.</summary>
    public async Task<bool> StopAsync(string id, string reason) =>
        await manager.ActorRef.Ask<object>(new RunProtocol.StopRun(id, reason), AnswerLimit) is RunProtocol.RunStopping;

    /// <summary>Takes no more runs, stops all and waits until their results are written, at most <paramref name="limit"/>.</summary>
    public async Task StopAllAsync(string reason, TimeSpan limit)
    {
        _stopping.TrySetResult();

        // Those that wait come first, or each would begin as the one before it ends.
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

    /// <summary>Leaves nothing of a run that was not taken.</summary>
    private async Task WithdrawAsync(string id, IActorRef? follower, ITarget target)
    {
        _live.TryRemove(id, out _);
        _endings.TryRemove(id, out _);
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
            log.LogError(exception, "the directory of run {Id}, which was not taken, cannot be removed", id);
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

        _live.TryRemove(run.Id, out _);
        _endings.TryRemove(run.Id, out _);
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
            return false; // why is in the log since the first attempt
        }
    }
}
