namespace ActorLoad.Observers.Server;

/// <summary>CPU of a server's main thread over the readings of a run.</summary>
internal sealed class MainThreadWatch
{
    // Shares of shorter times are noise.
    private const double ShortestWindow = 0.2;
    private const double ShortestRun = 0.05;

    private (double Cpu, double Clock)? _last;
    private (double Cpu, double Clock) _window;
    private double _total;
    private double? _peak;

    /// <summary>Seconds of CPU that the thread used; null if the server does not tell.</summary>
    public double? Seconds => _last is null ? null : Math.Round(_total, 6);

    /// <summary>Largest share of one core between two readings. If the run was too short for that, the share over the whole run. Null if
    /// not known.</summary>
    public double? PeakShare => _peak ?? (_last is { } last && last.Clock - _window.Clock >= ShortestRun ? Share(last) : null);

    /// <summary>Takes a reading.</summary>
    /// <param name="cpu">Seconds that the thread has used; null where the server does not tell.</param>
    /// <param name="clock">Seconds on a clock that never stops: the server's own, if it tells its time.</param>
    /// <param name="isAnother">True if the server is another process than at the last reading.</param>
    public void Read(double? cpu, double clock, bool isAnother)
    {
        if (cpu is not { } now)
        {
            return;
        }

        if (_last is not { } last || isAnother)
        {
            _total += _last is null ? 0 : now;
            _window = (now, clock);
        }
        else
        {
            _total += Math.Max(0, now - last.Cpu);
            if (clock - _window.Clock >= ShortestWindow)
            {
                _peak = Math.Max(_peak ?? 0, Share((now, clock)));
                _window = (now, clock);
            }
        }

        _last = (now, clock);
    }

    /// <summary>Counting starts at the last reading.</summary>
    public void Begin()
    {
        (_total, _peak) = (0, null);
        _window = _last ?? default;
    }

    private double Share((double Cpu, double Clock) now) =>
        Math.Round(Math.Clamp((now.Cpu - _window.Cpu) / (now.Clock - _window.Clock), 0, 1), 3);
}
