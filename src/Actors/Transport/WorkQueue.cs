using System.Diagnostics.CodeAnalysis;
using Akka.Dispatch;

namespace ActorLoad.Transport;

/// <summary>
/// A loop's work in the order in which it came, but for urgent work and all that it causes, which goes first: the connections of a burst
/// start close together, and those that have started wait for them. Confined to the loop.
/// </summary>
internal sealed class WorkQueue
{
    private readonly Queue<IRunnable> _urgent = new();
    private readonly Queue<IRunnable> _usual = new();
    private bool _runsUrgent;
    private long _done;

    /// <summary>Pieces of work that wait.</summary>
    public int Count => _urgent.Count + _usual.Count;

    /// <summary>Pieces that have run. Readable from any thread.</summary>
    public long Done => Volatile.Read(ref _done);

    /// <summary>Adds what the work that runs now causes, or what came from outside.</summary>
    public void Enqueue(IRunnable work) => (_runsUrgent ? _urgent : _usual).Enqueue(work);

    /// <summary>Adds work that goes before all else.</summary>
    public void EnqueueUrgent(IRunnable work) => _urgent.Enqueue(work);

    /// <summary>The next piece, which runs until <see cref="Ended"/>.</summary>
    public bool TryDequeue([MaybeNullWhen(false)] out IRunnable work)
    {
        _runsUrgent = _urgent.TryDequeue(out work);
        return _runsUrgent || _usual.TryDequeue(out work);
    }

    /// <summary>The piece that was taken last has run.</summary>
    public void Ended()
    {
        _runsUrgent = false;
        Volatile.Write(ref _done, _done + 1);
    }
}
