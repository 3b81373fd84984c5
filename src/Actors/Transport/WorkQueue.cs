using System.Collections.Concurrent;
using Akka.Dispatch;

namespace ActorLoad.Transport;

/// <summary>
/// A loop's work in the order in which it came. Urgent work, and what it causes, goes first: the connections of a burst start close
/// together, and those that have started wait for them. Only the loop uses it, except where a member says otherwise.
/// </summary>
/// <param name="reportFailure">Takes exceptions of the work; without it they pass to the caller.</param>
internal sealed class WorkQueue(Action<Exception>? reportFailure)
{
    private readonly ConcurrentQueue<IRunnable> _foreign = new();
    private readonly Queue<IRunnable> _nextTurn = new();
    private readonly Queue<IRunnable> _urgent = new();
    private readonly Queue<IRunnable> _usual = new();
    private bool _runsUrgent;
    private bool _holds;
    private IRunnable? _held;
    private long _done;
    private long _foreignTaken;

    /// <summary>Pieces of work that wait, without those from other threads that have not been taken.</summary>
    public int Count => _urgent.Count + _usual.Count + _nextTurn.Count;

    /// <summary>True if work waits for the next turn.</summary>
    public bool HasNextTurn => _nextTurn.Count > 0;

    /// <summary>True if work from other threads waits to be taken. Readable from any thread.</summary>
    public bool HasForeign => !_foreign.IsEmpty;

    /// <summary>Pieces that have run. Readable from any thread.</summary>
    public long Done => Volatile.Read(ref _done);

    /// <summary>Pieces from other threads that have been taken. Readable from any thread.</summary>
    public long ForeignTaken => Volatile.Read(ref _foreignTaken);

    /// <summary>Adds work that the loop itself causes.</summary>
    public void Enqueue(IRunnable work)
    {
        if (_holds && _held is null)
        {
            _held = work;
        }
        else
        {
            (_runsUrgent ? _urgent : _usual).Enqueue(work);
        }
    }

    /// <summary>Adds work from another thread.</summary>
    public void EnqueueForeign(IRunnable work) => _foreign.Enqueue(work);

    /// <summary>Adds work that goes before all else in the next turn.</summary>
    public void EnqueueNextTurn(IRunnable work) => _nextTurn.Enqueue(work);

    /// <summary>Queues the work that came from other threads.</summary>
    public void TakeForeign()
    {
        while (_foreign.TryDequeue(out var work))
        {
            _usual.Enqueue(work);
            _foreignTaken++;
        }
    }

    /// <summary>Makes the work for this turn urgent.</summary>
    public void BeginTurn()
    {
        while (_nextTurn.TryDequeue(out var work))
        {
            _urgent.Enqueue(work);
        }
    }

    /// <summary>Keeps the next piece that is added out of the queue, for <see cref="RunHeld"/>.</summary>
    public void HoldNext() => _holds = true;

    /// <summary>Runs the piece that was held, if there is one.</summary>
    public void RunHeld()
    {
        _holds = false;
        if (_held is { } work)
        {
            _held = null;
            Run(work);
        }
    }

    /// <summary>Runs the next piece; false if there is none.</summary>
    public bool TryRunNext()
    {
        _runsUrgent = _urgent.TryDequeue(out var work);
        if (!_runsUrgent && !_usual.TryDequeue(out work))
        {
            return false;
        }

        Run(work!);
        return true;
    }

    private void Run(IRunnable work)
    {
        try
        {
            work.Run();
        }
        catch (Exception cause) when (reportFailure is not null)
        {
            reportFailure(cause); // one mailbox's failure must not stop the loop for all others
        }
        finally
        {
            _runsUrgent = false;
            Volatile.Write(ref _done, _done + 1);
        }
    }
}
