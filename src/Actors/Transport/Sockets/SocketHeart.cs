using Akka.Dispatch;

namespace ActorLoad.Transport.Sockets;

/// <summary>Makes a loop without a thread of its own look at its clock while anything is open, so that it notices when it stood still.
/// A clock that is not the system's cannot show that.</summary>
internal sealed class SocketHeart : IDisposable
{
    private readonly SocketLoop _loop;
    private readonly ITimer? _timer;
    private readonly long _beat;
    private bool _beats;

    public SocketHeart(SocketLoop loop)
    {
        (_loop, _beat) = (loop, loop.ToTicks(PauseWatch.Beat));
        if (loop.IsMachineTime)
        {
            var beat = new ActionRunnable(Beat);
            _timer = loop.Time.CreateTimer(_ => loop.Execute(beat), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>Something is open from now on.</summary>
    public void Wake()
    {
        if (!_beats && _timer is not null)
        {
            _beats = true;
            Look(_loop.Now);
            _timer.Change(PauseWatch.Beat, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>The loop looked at its clock.</summary>
    public void Look(long now)
    {
        if (_beats)
        {
            _loop.Pauses.Look(now);
            _loop.Pauses.Sleep(_beat);
        }
    }

    public void Dispose() => _timer?.Dispose();

    private void Beat()
    {
        Look(_loop.Now);
        _beats = _loop.OperationsInUse > 0;
        if (_beats)
        {
            _timer!.Change(PauseWatch.Beat, Timeout.InfiniteTimeSpan);
        }
        else
        {
            _loop.Pauses.Rest();
        }
    }
}
