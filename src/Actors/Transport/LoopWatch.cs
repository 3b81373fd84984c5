using Akka.Dispatch;

namespace ActorLoad.Transport;

/// <summary>A blocked loop.</summary>
/// <param name="Index">Its place among the watched loops.</param>
/// <param name="Name">The id of its dispatcher.</param>
/// <param name="Silence">How long it has done no work, although work waited.</param>
public sealed record BlockedLoop(int Index, string Name, TimeSpan Silence);

/// <summary>Watches loops, on threads of the pool: tells of each that has work and does none of it for <see cref="Patience"/>.</summary>
/// <remarks>
/// It counts looks and not time. While the process is stopped, or its threads are paused for a collection, there are no looks, and they are
/// not made up for: so that pause does not count. A slow loop that does one piece of work between two looks is not blocked.
/// </remarks>
internal sealed class LoopWatch : IDisposable
{
    /// <summary>How long a loop may do no work.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>The same in a run that is stopping.</summary>
    public static readonly TimeSpan PatienceWhenStopping = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    private readonly Lock _gate = new();
    private readonly Watched[] _loops;
    private readonly Action<BlockedLoop> _tell;
    private readonly ITimer _timer;
    private TimeSpan _patience = Patience;
    private bool _isOver;

    private LoopWatch(IReadOnlyList<LoopDispatcher> loops, TimeProvider time, Action<BlockedLoop> tell)
    {
        (_loops, _tell) = ([.. loops.Select(loop => new Watched(loop.Loop))], tell);
        Names = [.. loops.Select(loop => loop.DispatcherId)];
        _timer = time.CreateTimer(_ => Look(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    private IReadOnlyList<string> Names { get; }

    /// <summary>Watches from now on; calls <paramref name="tell"/> once for each blocked loop.</summary>
    public static LoopWatch Start(IReadOnlyList<LoopDispatcher> loops, TimeProvider time, Action<BlockedLoop> tell)
    {
        var watch = new LoopWatch(loops, time, tell);
        watch._timer.Change(Interval, Timeout.InfiniteTimeSpan);
        return watch;
    }

    /// <summary>The run is stopping: shortens the time that a loop may do no work.</summary>
    public void Hurry()
    {
        lock (_gate)
        {
            _patience = PatienceWhenStopping;
        }
    }

    /// <summary>Stops watching.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _isOver = true;
            _timer.Dispose();
        }
    }

    private void Look()
    {
        lock (_gate)
        {
            if (_isOver)
            {
                return;
            }

            foreach (var (index, loop) in _loops.Index())
            {
                if (loop.Look() is var missed && missed * Interval >= _patience && loop.IsNews)
                {
                    _tell(new BlockedLoop(index, Names[index], missed * Interval));
                }
            }

            _timer.Change(Interval, Timeout.InfiniteTimeSpan); // from now, not from when this look was due
        }
    }

    private sealed class Watched
    {
        private readonly TransportLoop _loop;
        private readonly IRunnable _answer;
        private bool _waits;
        private bool _isTold;
        private long _done;
        private int _missed;

        public Watched(TransportLoop loop)
        {
            _loop = loop;
            _answer = new ActionRunnable(() => Volatile.Write(ref _waits, false));
        }

        /// <summary>True the first time only.</summary>
        public bool IsNews => !_isTold && (_isTold = true);

        /// <summary>Number of looks in a row between which it did no work, although work waited.</summary>
        public int Look()
        {
            var before = _done;
            _done = _loop.WorkDone;
            if (!Volatile.Read(ref _waits))
            {
                (_waits, _missed) = (true, 0);
                _loop.Execute(_answer);
                return 0;
            }

            return _missed = _done == before ? _missed + 1 : 0;
        }
    }
}
