using System.Text;
using ActorLoad.Hosting.Runs;
using ActorLoad.Metrics;
using ActorLoad.Runs;

namespace ActorLoad.Hosting.Daemon;

/// <summary>The unsaved end of a run.</summary>
/// <param name="Row">The run in the list.</param>
/// <param name="Result">Its result as UTF-8 JSON; null if it has none.</param>
internal sealed record UnsavedRun(RunRow Row, byte[]? Result)
{
    /// <summary>The error of such a run after its daemon has ended.</summary>
    public const string Lost = "the run ended, but its result could not be saved";

    /// <summary>The error while the daemon lives.</summary>
    private const string Kept = "its result could not be saved: the daemon keeps it in memory and tries again (its log says why)";

    /// <summary>The end of <paramref name="run"/>.</summary>
    public static UnsavedRun Of(LiveRun run, RunProtocol.RunEnded ended)
    {
        if (ended.Result is not { } result)
        {
            var isStopped = StopReason.Is(ended.Error);
            return new UnsavedRun(
                run.Row with
                {
                    State = isStopped ? RunState.Interrupted : RunState.Failed,
                    Verdict = isStopped ? "interrupted" : null,
                    Error = ended.Error ?? "unknown",
                },
                null);
        }

        var row = run.Row with
        {
            State = result.Verdict == Verdict.Interrupted ? RunState.Interrupted : RunState.Finished,
            Verdict = result.Verdict.Word(),
            Error = Kept,
        };
        return new UnsavedRun(row, Encoding.UTF8.GetBytes(RunResultJson.Serialize(result)));
    }
}

/// <summary>Runs that ended while the disk was full, kept in memory until they can be saved.</summary>
internal sealed class UnsavedRuns
{
    // A result can have a few megabytes.
    private const int MostResults = 16;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, UnsavedRun> _runs = [];
    private readonly List<string> _order = [];

    /// <summary>Their ids.</summary>
    public string[] Ids
    {
        get
        {
            lock (_lock)
            {
                return [.. _runs.Keys];
            }
        }
    }

    /// <summary>One of them; null for an unknown id.</summary>
    public UnsavedRun? Find(string id)
    {
        lock (_lock)
        {
            return _runs.GetValueOrDefault(id);
        }
    }

    /// <summary>Keeps one more; drops the oldest if there are too many.</summary>
    public void Keep(UnsavedRun run)
    {
        lock (_lock)
        {
            _runs[run.Row.Id] = run;
            _order.Add(run.Row.Id);
            while (_order.Count > MostResults)
            {
                _runs.Remove(_order[0]);
                _order.RemoveAt(0);
            }
        }
    }

    /// <summary>Forgets a run that is on disk now.</summary>
    public void Forget(string id)
    {
        lock (_lock)
        {
            _runs.Remove(id);
            _order.Remove(id);
        }
    }
}
