using System.Collections.Concurrent;
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

    private readonly ConcurrentDictionary<string, LiveRun> _live = new();
    private readonly ConcurrentDictionary<string, Task> _endings = new();
    private volatile bool _stopping;

    /// <summary>True from the moment that the daemon is asked to end: no more runs are taken.</summary>
    public bool IsStopping => _stopping;

    /// <summary>Puts a run into the queue.</summary>
    /// <returns>Its id, or why it was not taken.</returns>
    public async Task<(string Id, string? Refusal)> SubmitAsync(RunSettings settings, ITarget target)
    {
        var id = RunIds.New(time);
        var queuedAt = time.GetUtcNow();
        var watch = new RunWatch(_live[id] = new LiveRun(id, queuedAt, log));
        RunJournal journal;
        try
        {
            journal = RunJournal.Create(results.PathOf(id), RunHeader.Queued(id, queuedAt, settings));
        }
        catch
        {
            _live.TryRemove(id, out _);
            throw;
        }

        _endings[id] = ForgetAfterAsync(id, watch);
        var follower = system.ActorOf(RunFollower.Props(journal, watch), $"follower-{id}");
        var answer = await manager.ActorRef.Ask<object>(new RunProtocol.StartRun(id, settings, target, follower), AnswerLimit);
        if (answer is not RunProtocol.RunRefused refused)
        {
            return (id, null);
        }

        await follower.GracefulStop(AnswerLimit);
        _live.TryRemove(id, out _);
        _endings.TryRemove(id, out _);
        results.Remove(id);
        await target.DisposeAsync();
        return (id, refused.Reason);
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
        _stopping = true;

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

    private async Task ForgetAfterAsync(string id, RunWatch watch)
    {
        await watch.Ended;
        _live.TryRemove(id, out _);
        _endings.TryRemove(id, out _);
    }
}
